using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class ChaosTests
{
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task TwoHundredRequests_OneHostDeadOneStallingOneRefusing_EachIsAnsweredOrToldWhy()
    {
        await using var dead = await SimulatedHost.StartAsync("dead");
        await using var stalling = await SimulatedHost.StartAsync("stalling");
        await using var refusing = await SimulatedHost.StartAsync("refusing");
        SimulatedHost[] hosts = [dead, stalling, refusing];
        await using var gateway = await RunningGateway.StartAsync(
            hosts, "--Llm:Retry:BudgetPercent=100", "--Llm:Timeouts:FirstByte=00:00:02", "--Llm:Timeouts:Idle=00:00:01", "--Llm:Timeouts:Total=00:00:20",
            "--Llm:Strategy=round-robin", "--Llm:Health:Interval=01:00:00");
        await dead.FaultAsync("refuse");
        for (var i = 0; i < 20; i++)
        {
            (await gateway.ChatAsync()).Dispose();
        }

        await stalling.FaultAsync("stall", new { afterEvents = 3, rate = 0.3 });
        await refusing.FaultAsync("status", new { status = 503, retryAfterSeconds = 1, rate = 0.3 });
        var before = await Task.WhenAll(hosts.Select(host => host.CountAsync("requests")));

        var attempts = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => CheckAsync(gateway, stream: i % 2 == 0)));

        var after = await Task.WhenAll(hosts.Select(host => host.CountAsync("requests")));
        Assert.InRange(after[0], 1, 5); // the circuit's threshold; it stays open for a minute
        Assert.Equal(after.Sum() - before.Sum(), attempts.Sum());
        await Eventually.TrueAsync(
            async () => (await gateway.GetAsync<JsonElement>("/admin/hosts")).GetProperty("hosts").EnumerateArray().All(host => host.GetProperty("inFlight").GetInt32() == 0),
            "no host is held");
    }

    // Returns how many attempts the gateway says it made.
    private static async Task<int> CheckAsync(RunningGateway gateway, bool stream)
    {
        var began = Stopwatch.GetTimestamp();
        using var response = await gateway.ChatAsync(stream);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(Stopwatch.GetElapsedTime(began) < Total + TimeSpan.FromSeconds(10), "within its deadline");
        if (!response.IsSuccessStatusCode)
        {
            Assert.Contains((int)response.StatusCode, (int[])[429, 502, 503, 504]);
            Assert.False(string.IsNullOrEmpty(JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("message").GetString()));
        }
        else if (stream)
        {
            Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
            Assert.True(
                text.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal) != text.Contains("\"error\":{", StringComparison.Ordinal),
                "finished or told why not, never both");
        }
        else
        {
            Assert.Equal("chat.completion", JsonDocument.Parse(text).RootElement.GetProperty("object").GetString());
        }

        return response.Headers.TryGetValues("x-morgan-attempts", out var values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : 0;
    }
}
