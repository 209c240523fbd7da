using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class ChaosTests
{
    private const int Together = 200;

    // The circuit's threshold and the probes that a half-open one lets through.
    private const int ThresholdAndProbes = 5 + 2;
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task TwoHundredRequestsAtOnce_OneHostDiesOneStallsOneRefuses_EachIsAnsweredOrToldWhyInTime()
    {
        await using var dying = await SimulatedHost.StartAsync("dying");
        await using var stalling = await SimulatedHost.StartAsync("stalling");
        await using var refusing = await SimulatedHost.StartAsync("refusing");
        SimulatedHost[] hosts = [dying, stalling, refusing];
        await using var gateway = await RunningGateway.StartAsync(
            hosts, "--Llm:Retry:BudgetPercent=100", "--Llm:Timeouts:FirstByte=00:00:06", "--Llm:Timeouts:Response=00:00:06", "--Llm:Timeouts:Idle=00:00:01",
            "--Llm:Timeouts:Total=00:00:20", "--Llm:Strategy=round-robin", "--Llm:Health:Interval=01:00:00");
        await dying.PlanAsync(new { timeToFirstTokenMs = 3000, jitter = 0, faults = new[] { new { kind = "reset", afterEvents = 1 } } });
        await stalling.PlanAsync(new { timeToFirstTokenMs = 300, faults = new[] { new { kind = "stall", afterEvents = 3, rate = 0.3 } } });
        await refusing.PlanAsync(new { timeToFirstTokenMs = 300, faults = new[] { new { kind = "status", status = 503, retryAfterSeconds = 1, rate = 0.3 } } });

        var running = Enumerable.Range(0, Together).Select(i => CheckAsync(gateway, stream: i % 2 == 0)).ToArray();
        // Each has been sent once: a request that was on its way when the host died would count as one that it saw after.
        await Eventually.TrueAsync(
            async () => (await Task.WhenAll(hosts.Select(host => host.CountAsync("requests")))).Sum() >= Together
                && await dying.CountAsync("requests") >= Together / 4,
            "the host works when it dies");
        await dying.FaultAsync("refuse"); // and those under way break off
        var beforeDeath = await dying.CountAsync("requests");
        var attempts = await Task.WhenAll(running);

        var seen = await Task.WhenAll(hosts.Select(host => host.CountAsync("requests")));
        Assert.InRange(seen[0] - beforeDeath, 0, ThresholdAndProbes);
        Assert.Equal(seen.Sum(), attempts.Sum()); // whatever a host was given is booked as an attempt

        var again = await Task.WhenAll(Enumerable.Range(0, Together).Select(i => CheckAsync(gateway, stream: i % 2 == 0)));
        var seenAgain = await Task.WhenAll(hosts.Select(host => host.CountAsync("requests")));
        Assert.Equal(seen[0], seenAgain[0]); // its circuit is open for a minute
        Assert.Equal(seenAgain.Sum() - seen.Sum(), again.Sum());
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
