using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Morgan.Tests.Chaos.Wire;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Machine;

/// <summary>Processes die or freeze: the others serve on, nothing ends in silence, and what comes back works.</summary>
[Collection(typeof(AloneCollection))]
public sealed class ReplicaFaultTests
{
    private const int Workers = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string> NoHeaders = [];

    [Fact]
    public async Task Gateway_KilledUnderLoad_TheOtherServesOnAndHostsAreLetGo()
    {
        await using var host = await SimulatedHost.StartAsync("host");
        await host.PlanAsync(new { interTokenMs = 5, tokens = 20 });
        await using var killed = await StartAsync(host);
        await using var other = await StartAsync(host);
        await using var onKilled = new Load<RawAnswer>(Workers, _ => StreamAsync(killed.Address));
        await using var onOther = new Load<RawAnswer>(Workers, _ => StreamAsync(other.Address));
        await onKilled.MoreAsync(30);

        await killed.KillAsync();
        await onOther.MoreAsync(60);
        var broken = await onKilled.EndAsync();

        Assert.All(await onOther.EndAsync(), one => Assert.True(IsComplete(one.Result)));
        Assert.All(broken, one => Assert.True(IsComplete(one.Result) || one.Result.End != RawEnd.Whole, "a stream looks finished and is not"));
        await Eventually.TrueAsync(async () => await host.CountAsync("inFlight") == 0, "the host is let go");

        var restarted = Stopwatch.GetTimestamp();
        await killed.RestartAsync();
        Assert.True(IsComplete(await StreamAsync(killed.Address)));
        TestContext.Current.TestOutputHelper!.WriteLine($"gateway killed: answers again {Stopwatch.GetElapsedTime(restarted).TotalSeconds:F1} s after its restart");
    }

    [Fact]
    public async Task Gateway_FrozenMidStream_GoesOnWhereItWas()
    {
        await using var host = await SimulatedHost.StartAsync("host");
        await host.PlanAsync(new { interTokenMs = 20, tokens = 50 });
        await using var frozen = await StartAsync(host);
        await using var other = await StartAsync(host);
        var streams = Enumerable.Range(0, Workers).Select(_ => StreamAsync(frozen.Address)).ToList();
        await Eventually.TrueAsync(async () => await host.CountAsync("tokensSent") > Workers * 5, "the streams run");

        frozen.Freeze();
        var meanwhile = await StreamAsync(other.Address);
        frozen.Thaw();

        Assert.True(IsComplete(meanwhile));
        Assert.All(await Task.WhenAll(streams), answer => Assert.True(IsComplete(answer), Encoding.UTF8.GetString(answer.Body)));
    }

    [Fact]
    public async Task Host_Frozen_OthersAnswerAndItReturnsByItself()
    {
        await using var frozen = await ServiceProcess.StartAsync("Morgan.LlmSimulator", "--Simulator:Plan:TimeToFirstTokenMs=0", "--Simulator:Plan:InterTokenMs=0", "--Simulator:Plan:Tokens=8");
        await using var host = await SimulatedHost.StartAsync("well");
        await using var gateway = await RunningGateway.StartAsync(
            [host], "--Llm:Hosts:1:Name=frozen", $"--Llm:Hosts:1:Url={frozen.Address}v1", "--Llm:Strategy=round-robin", "--Llm:Retry:BudgetPercent=100", "--Logging:LogLevel:Default=Error",
            "--Llm:Timeouts:FirstByte=00:00:00.5", "--Llm:Health:Interval=00:00:00.2", "--Llm:Health:Timeout=00:00:00.5", "--Llm:CircuitBreaker:BreakDuration=00:00:01");
        await StreamAsync(gateway.Address);

        frozen.Freeze();
        await using var load = new Load<RawAnswer>(Workers, _ => StreamAsync(gateway.Address));
        await load.MoreAsync(100);
        frozen.Thaw();
        var thawed = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => await StateAsync(gateway, "frozen") == "healthy/closed", "the host is back", TimeSpan.FromSeconds(30));
        var back = Stopwatch.GetElapsedTime(thawed);

        Assert.All(await load.EndAsync(), one => Assert.True(IsComplete(one.Result), Encoding.UTF8.GetString(one.Result.Body)));
        TestContext.Current.TestOutputHelper!.WriteLine($"host frozen: in full use {back.TotalSeconds:F1} s after its thaw (circuit open for 1 s)");
    }

    [Fact]
    public async Task Host_KilledUnderLoad_OnlyBegunStreamsAreToldAndItReturnsByItself()
    {
        await using var killed = await ServiceProcess.StartAsync("Morgan.LlmSimulator", "--Simulator:Plan:TimeToFirstTokenMs=0", "--Simulator:Plan:InterTokenMs=5", "--Simulator:Plan:Tokens=20");
        await using var host = await SimulatedHost.StartAsync("well");
        await host.PlanAsync(new { interTokenMs = 5, tokens = 20 });
        await using var gateway = await RunningGateway.StartAsync(
            [host], "--Llm:Hosts:1:Name=killed", $"--Llm:Hosts:1:Url={killed.Address}v1", "--Llm:Strategy=round-robin", "--Llm:Retry:BudgetPercent=100", "--Logging:LogLevel:Default=Error",
            "--Llm:Health:Interval=00:00:00.2", "--Llm:CircuitBreaker:BreakDuration=00:00:01");
        await using var load = new Load<RawAnswer>(Workers, _ => StreamAsync(gateway.Address));
        await load.MoreAsync(30);

        await killed.KillAsync();
        await load.MoreAsync(30);
        await killed.RestartAsync();
        var restarted = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => await StateAsync(gateway, "killed") == "healthy/closed", "the host is back", TimeSpan.FromSeconds(30));
        var back = Stopwatch.GetElapsedTime(restarted);

        var answers = (await load.EndAsync()).Select(one => one.Result).ToList();
        Assert.All(answers, answer => Assert.True(IsComplete(answer) || IsTold(answer), Encoding.UTF8.GetString(answer.Body)));
        Assert.InRange(answers.Count(answer => !IsComplete(answer)), 0, Workers);
        TestContext.Current.TestOutputHelper!.WriteLine($"host killed: in full use {back.TotalSeconds:F1} s after its restart (circuit open for 1 s)");
    }

    private static Task<ServiceProcess> StartAsync(SimulatedHost host) =>
        ServiceProcess.StartAsync("Morgan.LlmService", $"--Llm:Hosts:0:Name={host.Name}", $"--Llm:Hosts:0:Url={host.Url}");

    private static Task<RawAnswer> StreamAsync(Uri gateway) =>
        RawClient.PostAsync(gateway, "/v1/chat/completions", NoHeaders, Encoding.UTF8.GetBytes(RunningGateway.ChatBody(stream: true)), Patience);

    private static bool IsComplete(RawAnswer answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        return answer is { Status: 200, End: RawEnd.Whole } && text.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal)
            && text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal) && !text.Contains("\"error\"", StringComparison.Ordinal);
    }

    private static bool IsTold(RawAnswer answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        return answer is { Status: 200, End: RawEnd.Whole } && text.Contains("\"stream_interrupted\"", StringComparison.Ordinal)
            && text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal);
    }

    private static async Task<string> StateAsync(RunningGateway gateway, string host)
    {
        var view = await gateway.GetAsync<JsonElement>($"/admin/hosts/{host}");
        return $"{view.GetProperty("state").GetString()}/{view.GetProperty("circuit").GetProperty("state").GetString()}";
    }
}
