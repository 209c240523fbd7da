using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService.Caching;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.Tests.EmbeddingService.Caching;

/// <summary>The shared level against a real server, seen through the whole service.</summary>
public sealed class SharedCacheTests(CacheHost cache) : IClassFixture<CacheHost>
{
    [Fact]
    public async Task SecondReplica_FindsWhatTheFirstComputed()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        var texts = Texts("replica", 600);
        var (computed, header) = await EmbedAsync(first, texts);
        Assert.Equal("l1=0,l2=0,miss=600", header);
        await WrittenAsync(first, 600);

        var (read, again) = await EmbedAsync(second, texts);
        var (local, last) = await EmbedAsync(second, texts);
        Assert.Equal("l1=0,l2=600,miss=0", again);
        Assert.Equal("l1=600,l2=0,miss=0", last);
        Assert.Equal(computed.ToJsonString(), read.ToJsonString());
        Assert.Equal(computed.ToJsonString(), local.ToJsonString());
    }

    [Fact]
    public async Task Entries_HaveTheirTtlWithJitterAndHoldNoText()
    {
        await using var host = await StartAsync("--Embedding:Cache:L2Ttl", "01:00:00");
        var before = cache.Keys().ToHashSet();
        await EmbedAsync(host, Texts("secret text", 50));
        await WrittenAsync(host, 50);
        var database = cache.Client.GetDatabase();
        var keys = cache.Keys().Where(key => !before.Contains(key)).ToArray();
        Assert.Equal(50, keys.Length);
        double[] minutes = [.. keys.Select(key => database.KeyTimeToLive(key)!.Value.TotalMinutes)];

        Assert.All(minutes, ttl => Assert.InRange(ttl, 53, 66));
        Assert.True(minutes.Max() - minutes.Min() > 2);
        Assert.All(keys, key => Assert.DoesNotContain("secret", $"{key}" + Encoding.Latin1.GetString((byte[])database.StringGet(key)!), StringComparison.Ordinal));
    }

    [Fact]
    public async Task CorruptTruncatedAndOlderEntries_AreMissesAndOverwritten()
    {
        await using var first = await StartAsync();
        var texts = Texts("corrupt", 4);
        var before = cache.Keys().ToHashSet();
        var (computed, _) = await EmbedAsync(first, texts);
        await WrittenAsync(first, 4);
        var database = cache.Client.GetDatabase();
        var keys = cache.Keys().Where(key => !before.Contains(key)).ToArray();
        byte[][] sound = [.. keys.Select(key => (byte[])database.StringGet(key)!)];
        byte[] entry = database.StringGet(keys[0])!;
        entry[100] ^= 1;
        database.StringSet(keys[0], entry);
        database.StringSet(keys[1], ((byte[])database.StringGet(keys[1])!)[..1000]);
        byte[] older = database.StringGet(keys[2])!;
        older[2] = 0;
        database.StringSet(keys[2], older);
        database.StringSet(keys[3], "");

        await using var second = await StartAsync();
        var (read, header) = await EmbedAsync(second, texts);
        await Wait.UntilAsync(() => keys.Zip(sound).All(pair => ((byte[])database.StringGet(pair.First)!).SequenceEqual(pair.Second)), "the mended entries");
        await using var third = await StartAsync();
        var (_, healed) = await EmbedAsync(third, texts);

        Assert.Equal("l1=0,l2=0,miss=4", header);
        Assert.Equal("l1=0,l2=4,miss=0", healed);
        Assert.Equal(computed.ToJsonString(), read.ToJsonString());
    }

    [Fact]
    public async Task Float16_FirstAnswerIsRoundedAsAHitIs()
    {
        await using var first = await StartAsync("--Embedding:Cache:Precision", "float16");
        await using var second = await StartAsync("--Embedding:Cache:Precision", "float16");
        var texts = Texts("half", 3);
        var (computed, _) = await EmbedAsync(first, texts);
        await WrittenAsync(first, 3);
        var (read, header) = await EmbedAsync(second, texts);

        Assert.Equal("l1=0,l2=3,miss=0", header);
        Assert.Equal(computed.ToJsonString(), read.ToJsonString());
        Assert.All(EmbeddingHost.VectorOf(read["data"]![0]!), number => Assert.Equal(number, (float)(Half)number));
    }

    [Fact]
    public async Task Clear_StartsANewGenerationInEveryReplicaAndFlushesNothing()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        var texts = Texts("cleared", 3);
        await EmbedAsync(first, texts);
        await WrittenAsync(first, 3);
        await EmbedAsync(second, texts);
        var stored = cache.Keys().Count;
        using var cleared = await first.Client.DeleteAsync("/admin/cache", TestContext.Current.CancellationToken);
        await second.Services.GetRequiredService<EpochSync>().SynchroniseAsync(TestContext.Current.CancellationToken);

        Assert.Equal("l1=0,l2=0,miss=3", (await EmbedAsync(second, texts)).Header);
        Assert.True(cache.Keys().Count >= stored);
    }

    [Fact]
    public async Task Generation_NotKnownYet_TheStoreIsLeftAlone()
    {
        await using var host = await StartAsync();
        var writer = host.Services.GetRequiredService<L2Writer>();
        var reader = host.Services.GetRequiredService<L2Reader>();
        var known = new KeySpace(new RedisKeys("morgan"), "known later", host.Services.GetRequiredService<CacheEpoch>());
        var epoch = new CacheEpoch(TimeProvider.System);
        epoch.Raise(host.Services.GetRequiredService<CacheEpoch>().Value);
        var early = new KeySpace(new RedisKeys("morgan"), "known later", epoch);
        writer.Offer(new VectorWrite(early, 1, [1, 0], Half: false));
        writer.Offer(new VectorWrite(known, 2, [0, 1], Half: false));
        await WrittenAsync(host, 1);
        async Task<int> FindAsync() => await reader.ReadAsync(early, new UInt128[] { 1, 2 }, half: false, 2, new float[2][], TestContext.Current.CancellationToken);

        Assert.Equal(0, await FindAsync());
        epoch.Know();
        Assert.Equal(1, await FindAsync());
    }

    [Fact]
    public async Task TenantsWithPartitions_DoNotFindEachOthersEntries()
    {
        string[] auth =
        [
            "--Auth:Keys:0:Id", "a", "--Auth:Keys:0:KeySha256", Sha("key-a"), "--Auth:Keys:0:Tenant", "acme",
            "--Auth:Keys:1:Id", "b", "--Auth:Keys:1:KeySha256", Sha("key-b"), "--Auth:Keys:1:Tenant", "other",
            "--Tenants:acme:CachePartition", "true",
        ];
        await using var host = await StartAsync(auth);
        var body = new JsonObject { ["input"] = "a partitioned text" };
        async Task<string> SendAsync(string key)
        {
            using var response = await host.PostAsync("/v1/embeddings", body, ("Authorization", $"Bearer {key}"));
            return response.Headers.GetValues("x-morgan-cache").Single();
        }

        Assert.Equal("l1=0,l2=0,miss=1", await SendAsync("key-a"));
        Assert.Equal("l1=0,l2=0,miss=1", await SendAsync("key-b"));
        Assert.Equal("l1=1,l2=0,miss=0", await SendAsync("key-a"));
        Assert.Equal("l1=1,l2=0,miss=0", await SendAsync("key-b"));
    }

    [Fact]
    public async Task SlowStore_CostsOnlyItsBudgetAndIsThenLeftAlone()
    {
        await using var silent = new FaultProxy(IPEndPoint.Parse(cache.ConnectionString).Port);
        await using var host = await StartAtAsync(silent.ConnectionString, "--Embedding:Cache:L2ReadBudget", "00:00:00.050");
        silent.Delay = Timeout.InfiniteTimeSpan;
        for (var i = 0; i < 5; i++)
        {
            await EmbedAsync(host, Texts($"slow {i}", 1));
        }

        var report = JsonNode.Parse(await host.Client.GetStringAsync("/admin/cache", TestContext.Current.CancellationToken))!;
        Assert.True((bool)report["l2"]!["heldBack"]!);
        Assert.Equal(3, (int)report["l2"]!["readFailures"]!);
        var began = Stopwatch.GetTimestamp();
        Assert.Equal("l1=0,l2=0,miss=1", (await EmbedAsync(host, Texts("slow and held back", 1))).Header);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task UnreachableStore_IsDegradedAndEverythingWorks()
    {
        await using var host = await EmbeddingHost.StartAsync("--ConnectionStrings:cache", "127.0.0.1:1,connectTimeout=200,connectRetry=1");
        Assert.Equal("l1=0,l2=0,miss=1", (await EmbedAsync(host, Texts("alone", 1))).Header);
        var health = JsonNode.Parse(await host.Client.GetStringAsync("/health", TestContext.Current.CancellationToken))!;
        Assert.Equal("degraded", (string?)health["status"]);
    }

    [Fact]
    public async Task Trace_OfACall_HoldsTheCachesSpan()
    {
        await using var host = await StartAsync();
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Morgan.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans)
                {
                    spans.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await EmbedAsync(host, Texts("traced", 1));
        Activity? read = null;
        await Wait.UntilAsync(
            () =>
            {
                lock (spans)
                {
                    read = spans.Find(span => span.OperationName == "MGET");
                    return read is not null && spans.Exists(span => span.SpanId == read.ParentSpanId);
                }
            },
            "the cache's span and the one around it");

        var request = spans.Single(span => span.SpanId == read!.ParentSpanId);
        Assert.Equal("embeddings use-lite", request.OperationName);
        Assert.Equal(request.TraceId, read!.TraceId);
        Assert.Equal("redis", read.GetTagItem("db.system.name"));
        Assert.Equal("embeddings", request.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("use-lite", request.GetTagItem("gen_ai.request.model"));
    }

    private Task<EmbeddingHost> StartAsync(params string[] args) => StartAtAsync(cache.ConnectionString, args);

    private static async Task<EmbeddingHost> StartAtAsync(string connectionString, params string[] args)
    {
        // A busy machine must not make a read late; the tests of lateness set a budget of their own.
        var host = await EmbeddingHost.StartAsync(
            ["--ConnectionStrings:cache", connectionString, "--Embedding:Cache:L2ReadBudget", "00:00:05", .. args]);
        await Wait.UntilAsync(() => host.Services.GetRequiredService<CacheEpoch>().IsKnown, "the connection and the generation");
        return host;
    }

    // Vectors are handed to the writer while the answer is on its way already, so an empty queue alone says nothing.
    private static Task WrittenAsync(EmbeddingHost host, int count)
    {
        var writer = host.Services.GetRequiredService<L2Writer>();
        return Wait.UntilAsync(() => writer.Written == count, "the writes");
    }

    private static async Task<(JsonNode Body, string Header)> EmbedAsync(EmbeddingHost host, string[] texts)
    {
        var body = new JsonObject { ["input"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]) };
        using var response = await host.PostAsync("/v1/embeddings", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var json = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (JsonNode.Parse(json)!, response.Headers.GetValues("x-morgan-cache").Single());
    }

    private static string[] Texts(string name, int count) => [.. Enumerable.Range(0, count).Select(i => $"{name} {i}")];

    private static string Sha(string key) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
