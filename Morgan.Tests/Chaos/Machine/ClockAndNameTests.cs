using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Machine;

/// <summary>The clock is set, names lead elsewhere.</summary>
public sealed class ClockAndNameTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clock_SetByAnHour_LimitsAndCoolDownsStayAsTheyWere(int hours)
    {
        const int PerMinute = 5;
        var time = new JumpingTime();
        await using var cooling = await SimulatedHost.StartAsync("cooling");
        await using var well = await SimulatedHost.StartAsync("well");
        await using var gateway = await RunningGateway.StartAsync(
            [cooling, well], builder => builder.Services.AddSingleton<TimeProvider>(time),
            "--Llm:Strategy=round-robin", "--Auth:Keys:0:Id=k", $"--Auth:Keys:0:KeySha256={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("key")))}",
            "--Auth:Keys:0:Tenant=acme", "--Auth:Keys:0:Admin=true", $"--Tenants:acme:RequestsPerMinute={PerMinute}");
        await cooling.FaultAsync("status", new { status = 429, retryAfterSeconds = 600 });

        var before = await AskAsync(gateway, PerMinute - 1);
        time.Jump(TimeSpan.FromHours(hours));
        var after = await AskAsync(gateway, 2);

        Assert.All(before, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], after);
        Assert.Equal(1, await cooling.CountAsync("requests"));
    }

    [Fact]
    public async Task Name_LeadsElsewhere_RequestsFollowAndNoneFails()
    {
        await using var old = await SimulatedHost.StartAsync("old");
        await using var next = await SimulatedHost.StartAsync("next");
        var file = Path.Combine(Directory.CreateTempSubdirectory("morgan-names-").FullName, "morgan.json");
        await WriteAsync(old);
        await using var gateway = await RunningGateway.StartAsync(
            [], "--Llm:Hosts:0:Name=pool", "--Llm:Hosts:0:Url=http://pool/v1", $"--Morgan:ConfigFile={file}", "--Llm:Hosts:0:Models:morgan-sim=morgan-sim");
        await using var load = new Load<HttpStatusCode>(2, async _ =>
        {
            using var response = await gateway.ChatAsync(stream: true);
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return response.StatusCode;
        });
        await load.MoreAsync(20);

        await WriteAsync(next);
        await Eventually.TrueAsync(async () => await next.CountAsync("requests") > 20, "requests go where the name leads now", TimeSpan.FromSeconds(30));

        Assert.All(await load.EndAsync(), one => Assert.Equal(HttpStatusCode.OK, one.Result));
        File.Delete(file);

        Task WriteAsync(SimulatedHost host) => File.WriteAllTextAsync(
            file, JsonSerializer.Serialize(new { services = new { pool = new { http = new[] { host.Address.AbsoluteUri } } } }), TestContext.Current.CancellationToken);
    }

    private static async Task<List<HttpStatusCode>> AskAsync(RunningGateway gateway, int times)
    {
        List<HttpStatusCode> statuses = [];
        for (var i = 0; i < times; i++)
        {
            using var response = await gateway.PostAsync(
                "/v1/chat/completions", RunningGateway.ChatBody(), TestContext.Current.CancellationToken, ("Authorization", "Bearer key"));
            statuses.Add(response.StatusCode);
        }

        return statuses;
    }
}
