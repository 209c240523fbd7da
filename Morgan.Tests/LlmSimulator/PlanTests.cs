using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Morgan.LlmSimulator.Plan;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Tests.LlmSimulator;

public sealed class PlanTests
{
    [Fact]
    public async Task Plan_PutAndRead_IsTheSame_AndResetBringsBackTheConfiguredOne()
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Plan:Tokens=12", "Simulator:Plan:Faults:0:Kind=no-usage");
        await simulator.ChatAsync();
        await simulator.PlanAsync("\"tokens\":7,\"faults\":[{\"kind\":\"cut\",\"afterEvents\":9,\"rate\":0.5,\"count\":2}]");
        var plan = await ReadAsync(simulator);
        Assert.Equal(7, plan.Tokens);
        Assert.Equal(new Fault { Kind = "cut", AfterEvents = 9, Rate = 0.5, Count = 2 }, Assert.Single(plan.Faults));

        using var reset = await simulator.Client.PostAsync("/simulator/reset", null, TestContext.Current.CancellationToken);
        Assert.Equal((12, "no-usage"), ((await ReadAsync(simulator)).Tokens, (await ReadAsync(simulator)).Faults[0].Kind));
        Assert.Equal(0, (await simulator.StatsAsync()).Requests);
    }

    [Theory]
    [InlineData("""{"faults":[{"kind":"explode"}]}""", "explode")]
    [InlineData("""{"faults":[{"kind":"status","rate":2}]}""", "faults[0].rate")]
    [InlineData("""{"faults":[{"kind":"cut"},{"kind":"status","status":200}]}""", "faults[1].status")]
    [InlineData("""{"faults":[null]}""", "faults[0]")]
    [InlineData("""{"faults":null}""", "faults")]
    [InlineData("""{"tokens":0}""", "tokens")]
    [InlineData("""{"jitter":-1}""", "jitter")]
    [InlineData("""{"tokns":5}""", "tokns")]
    [InlineData("""{"tokens":"many"}""", "tokens")]
    [InlineData("null", "null")]
    [InlineData("{", "plan")]
    public async Task Plan_ThatIsWrong_IsRefusedWithItsName_AndTheOldOneStays(string plan, string name)
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Plan:Tokens=12");
        using var response = await simulator.Client.PutAsync(
            "/simulator/plan", new StringContent(plan, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains(name, error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(12, (await ReadAsync(simulator)).Tokens);
    }

    [Theory]
    [InlineData("Simulator:Plan:Jitter=2", "jitter")]
    [InlineData("Simulator:Plan:Faults:0:Kind=explode", "explode")]
    [InlineData("Simulator:Name=", "Simulator:Name")]
    [InlineData("Simulator:Plan:Tokens=many", "Simulator:Plan:Tokens")]
    public async Task Configuration_ThatIsWrong_StopsTheStartWithTheKeysName(string setting, string name)
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => Simulator.StartAsync(setting));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rate_IsMetOverManyRequests_AndTheSameForTheSameSeed()
    {
        var plan = new SimulationPlan { Faults = [new Fault { Kind = "status", Rate = 0.3 }] };
        var first = Struck(plan, 2_000);
        Assert.Equal(first, Struck(plan, 2_000));
        Assert.InRange(first.Count, 500, 700);
        Assert.NotEqual(first, Struck(plan with { Seed = 2 }, 2_000));
    }

    [Fact]
    public void Count_LimitsHowOftenAFaultStrikes_ThenTheNextApplies()
    {
        var plan = new SimulationPlan { Faults = [new Fault { Kind = "hang", Count = 2 }, new Fault { Kind = "cut" }] };
        using var run = new PlanRun(plan, "host");
        Assert.Equal(["hang", "hang", "cut", "cut"], Enumerable.Range(0, 4).Select(i => run.FaultFor(i, streamed: true)!.Kind));
    }

    [Fact]
    public void Fault_OfStreamsOnly_LeavesOtherRequestsToTheNext()
    {
        var plan = new SimulationPlan { Faults = [new Fault { Kind = "health-only" }, new Fault { Kind = "duplicate-done" }, new Fault { Kind = "cut" }] };
        using var run = new PlanRun(plan, "host");
        Assert.Equal("duplicate-done", run.FaultFor(0, streamed: true)!.Kind);
        Assert.Equal("cut", run.FaultFor(1, streamed: false)!.Kind);
    }

    private static List<int> Struck(SimulationPlan plan, int requests)
    {
        using var run = new PlanRun(plan, "host");
        return [.. Enumerable.Range(0, requests).Where(i => run.FaultFor(i, streamed: false) is not null)];
    }

    private static async Task<SimulationPlan> ReadAsync(Simulator simulator) =>
        (await simulator.Client.GetFromJsonAsync<SimulationPlan>("/simulator/plan", TestContext.Current.CancellationToken))!;
}
