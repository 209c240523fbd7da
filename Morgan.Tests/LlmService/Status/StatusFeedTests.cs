using System.Text.Json;
using Morgan.Tests.Chaos;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.LlmService.Status;

/// <summary>Alone: the feed listens to the whole process, so gateways of other tests would crowd this one's decisions out.</summary>
[Collection(typeof(AloneCollection))]
public sealed class StatusFeedTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Feed_WhileRequestsRun_TellsHostsTrafficAndDecisionsWithTheirReasons()
    {
        await using var good = await SimulatedHost.StartAsync("good");
        await using var bad = await SimulatedHost.StartAsync("bad");
        await bad.FaultAsync("status", new { status = 503 });
        await using var gateway = await RunningGateway.StartAsync([bad, good], "--Llm:Strategy=round-robin");
        using var feed = await gateway.Client.GetAsync("/admin/status", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var lines = new StreamReader(await feed.Content.ReadAsStreamAsync(Cancelled));
        await NextAsync(lines);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await gateway.ChatAsync();
        }

        var now = await NextAsync(lines);
        while (now.GetProperty("traffic").GetProperty("requests").GetInt64() < 2)
        {
            now = await NextAsync(lines);
        }

        Assert.Equal(["bad", "good"], now.GetProperty("hosts").EnumerateArray().Select(host => host.GetProperty("name").GetString()!));
        Assert.True(now.GetProperty("traffic").GetProperty("outputTokens").GetInt64() > 0);
        var decisions = now.GetProperty("decisions").EnumerateArray()
            .Select(d => (d.GetProperty("host").GetString(), d.GetProperty("cause").GetString(), d.GetProperty("outcome").GetString())).ToList();
        Assert.Contains(("bad", "first", "failed"), decisions);
        Assert.Contains(("good", "failover", "success"), decisions);
    }

    private static async Task<JsonElement> NextAsync(StreamReader lines)
    {
        for (; ; )
        {
            var line = await lines.ReadLineAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancelled) ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonSerializer.Deserialize<JsonElement>(line[6..]);
            }
        }
    }
}
