using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService.Caching;
using Morgan.Tests.EmbeddingService;
using StackExchange.Redis;

namespace Morgan.Tests.Chaos.Machine;

/// <summary>The store dies, freezes, fills up, is slow: embeddings are answered all the same, and rightly.</summary>
[Collection(typeof(AloneCollection))]
public sealed class CacheFaultTests
{
    private const int Workers = 4;

    // Of a request while the store is in trouble: far more than a text takes here, far less than any time-out of the store.
    private static readonly TimeSpan Bearable = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Cache_KilledUnderLoad_NoRequestFailsAndItIsUsedAgain()
    {
        await using var cache = await ServiceProcess.StartCacheAsync();
        await using var first = await StartAsync($"127.0.0.1:{cache.Port}");
        await using var second = await StartAsync($"127.0.0.1:{cache.Port}");
        await using var load = new Load<string>(Workers, turn => EmbedAsync(first, $"killed {turn % 200}"));
        await load.MoreAsync(200);

        await cache.KillAsync();
        await load.MoreAsync(200);
        await cache.RestartAsync();
        var back = await SharedAgainAsync(first, second);

        AssertSame(await load.EndAsync());
        TestContext.Current.TestOutputHelper!.WriteLine($"cache killed: shared again {back.TotalSeconds:F1} s after its restart");
    }

    [Fact]
    public async Task Cache_Frozen_NoRequestWaitsForIt()
    {
        await using var cache = await ServiceProcess.StartCacheAsync();
        await using var first = await StartAsync($"127.0.0.1:{cache.Port}");
        await using var second = await StartAsync($"127.0.0.1:{cache.Port}");
        await using var load = new Load<string>(Workers, turn => EmbedAsync(first, $"frozen {turn}"));
        await load.MoreAsync(100);

        cache.Freeze();
        var frozen = load.Now;
        await load.MoreAsync(300);
        cache.Thaw();
        var back = await SharedAgainAsync(first, second);

        var slowest = load.Since(frozen).Max(one => one.Took);
        await load.EndAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"cache frozen: slowest request {slowest.TotalMilliseconds:F0} ms, shared again {back.TotalSeconds:F1} s after its thaw");
        Assert.True(slowest < Bearable, $"the slowest request took {slowest}");
    }

    [Theory]
    [InlineData(50)]
    [InlineData(500)]
    [InlineData(Timeout.Infinite)]
    public async Task Cache_Slow_CostsNoMoreThanItsBudget(int milliseconds)
    {
        await using var cache = await ServiceProcess.StartCacheAsync();
        await using var proxy = new FaultProxy(cache.Port);
        await using var first = await StartAsync(proxy.ConnectionString);
        await using var second = await StartAsync($"127.0.0.1:{cache.Port}");
        await EmbedAsync(first, "warm");

        proxy.Delay = TimeSpan.FromMilliseconds(milliseconds);
        await using var load = new Load<string>(1, turn => EmbedAsync(first, $"slow {turn}"));
        await load.MoreAsync(60);
        var took = (await load.EndAsync()).Select(one => one.Took).Order().ToList();
        proxy.Delay = TimeSpan.Zero;
        var back = await SharedAgainAsync(second, first);

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"store {milliseconds} ms late: median {took[30].TotalMilliseconds:F1} ms, slowest {took[^1].TotalMilliseconds:F0} ms; shared again {back.TotalSeconds:F1} s after");
        Assert.True(took[^1] < Bearable, $"the slowest request took {took[^1]}");
    }

    [Fact]
    public async Task Cache_FullOfOtherThings_GoesOnBeingUsed()
    {
        const int Megabytes = 100;
        await using var cache = await ServiceProcess.StartCacheAsync();
        await using var first = await StartAsync($"127.0.0.1:{cache.Port}");
        await using var second = await StartAsync($"127.0.0.1:{cache.Port}");
        await using var client = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{cache.Port}");
        var ballast = new byte[64 * 1024];
        for (var i = 0; i < Megabytes * 16; i++)
        {
            await client.GetDatabase().StringSetAsync($"ballast:{i}", ballast);
        }

        AssertSame([.. await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => (TimeSpan.Zero, TimeSpan.Zero, await EmbedAsync(first, $"full {i % 25}"))))]);
        await SharedAgainAsync(first, second);
    }

    [Fact]
    public async Task Replica_KilledWhileItWrites_LeavesOnlyRightEntries()
    {
        await using var cache = await ServiceProcess.StartCacheAsync();
        await using var killed = await ServiceProcess.StartAsync("Morgan.EmbeddingService", "--ConnectionStrings:cache", $"127.0.0.1:{cache.Port}", "--Embedding:Batching:Callers=1");
        await using var other = await StartAsync($"127.0.0.1:{cache.Port}");
        await using var alone = await EmbeddingHost.StartAsync();
        await using var load = new Load<string?>(Workers, turn => TryEmbedAsync(killed.Client, $"left behind {turn}"));
        await load.MoreAsync(100);

        await killed.KillAsync();
        var count = load.Count;
        await using var others = new Load<string>(Workers, turn => EmbedAsync(other, $"left behind {turn % count}"));
        await others.MoreAsync(count);

        Assert.All(await others.EndAsync(), one => Assert.NotNull(one.Result));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(VectorOf(await EmbedAsync(alone, $"left behind {i}")), VectorOf(await EmbedAsync(other, $"left behind {i}")));
        }

        var restarted = Stopwatch.GetTimestamp();
        await killed.RestartAsync();
        Assert.NotNull(await TryEmbedAsync(killed.Client, "left behind 1"));
        TestContext.Current.TestOutputHelper!.WriteLine($"embedding replica killed: answers again {Stopwatch.GetElapsedTime(restarted).TotalSeconds:F1} s after its restart");
    }

    private static async Task<EmbeddingHost> StartAsync(string cache)
    {
        var host = await EmbeddingHost.StartAsync("--ConnectionStrings:cache", $"{cache},connectTimeout=2000");
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<CacheEpoch>().IsKnown, "the connection to the cache and its generation");
        return host;
    }

    // Until what the one has computed is found by the other: reads and writes of both are back.
    private static async Task<TimeSpan> SharedAgainAsync(EmbeddingHost writer, EmbeddingHost reader)
    {
        var began = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(
            async () =>
            {
                var text = $"shared {Guid.NewGuid()}";
                await EmbedAsync(writer, text);
                await Task.Delay(20, TestContext.Current.CancellationToken);
                using var response = await reader.PostAsync("/v1/embeddings", new JsonObject { ["input"] = text });
                return response.Headers.GetValues("x-morgan-cache").Single() == "l1=0,l2=1,miss=0";
            },
            "the cache is shared again", Recovery);
        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task<string> EmbedAsync(EmbeddingHost host, string text)
    {
        using var response = await host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = text });
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer);
        return $"{text}\n{answer}";
    }

    // Null: the replica is gone, and the connection told so.
    private static async Task<string?> TryEmbedAsync(HttpClient client, string text)
    {
        try
        {
            using var content = new StringContent(new JsonObject { ["input"] = text }.ToJsonString(), null, "application/json");
            using var response = await client.PostAsync("/v1/embeddings", content, TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static string VectorOf(string answer) => JsonNode.Parse(answer.Split('\n', 2)[1])!["data"]!.ToJsonString();

    // The same text has the same vector, whether computed or read.
    private static void AssertSame(IReadOnlyList<(TimeSpan Began, TimeSpan Took, string Result)> results) =>
        Assert.All(results.GroupBy(one => one.Result.Split('\n')[0]), same => Assert.Single(same.Select(one => VectorOf(one.Result)).Distinct()));
}
