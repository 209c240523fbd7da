using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService.Caching;
using Morgan.LlmService.Admission.Shared;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Tests.EmbeddingService;
using Morgan.Tests.LlmService.Gateway;
using Morgan.Tests.ServiceDefaults;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;
using StackExchange.Redis;

namespace Morgan.Tests.State;

/// <summary>Two installations on one Redis, each with its own <c>Redis:KeyPrefix</c> and its own user.</summary>
public sealed class InstallationsTests
{
    private const string Tenant = "acme";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Installations_WithPrefixesOfTheirOwn_ShareNothing()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var host = await SimulatedHost.StartAsync("one");
        await using var first = await GatewayAsync(store.ConnectionString, "blue", host);
        await using var second = await GatewayAsync(store.ConnectionString, "green:1", host);
        await using var sibling = await GatewayAsync(store.ConnectionString, "green:1", host);

        // Limits: what is used up in one is whole in the other.
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await ChatAsync(first, 3));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await ChatAsync(second, 3));
        Assert.Equal(1, Fleet(first).Replicas);
        await Eventually.TrueAsync(() => Fleet(second).Replicas == 2, "replicas of one installation know of each other", TimeSpan.FromSeconds(30));

        // Cool-downs: told to the sibling, not to the other installation.
        Fleet(first).CooledDown("one", TimeSpan.FromMinutes(3));
        Fleet(second).CooledDown("one", TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(() => Cooling(sibling) > TimeSpan.FromMinutes(4), "the sibling knows");
        Assert.Equal(TimeSpan.Zero, Cooling(first));

        // Vectors: found by a replica, not by the other installation.
        await using var maker = await EmbeddingAsync(store.ConnectionString, "green:1");
        await using var reader = await EmbeddingAsync(store.ConnectionString, "green:1");
        await using var other = await EmbeddingAsync(store.ConnectionString, "blue");
        Assert.Equal("l1=0,l2=0,miss=1", await EmbedAsync(maker));
        await Wait.UntilAsync(() => maker.Services.GetRequiredService<L2Writer>().Written == 1, "the write");
        Assert.Equal("l1=0,l2=0,miss=1", await EmbedAsync(other));
        Assert.Equal("l1=0,l2=1,miss=0", await EmbedAsync(reader));

        await using var look = await store.ConnectAsync();
        var keys = look.GetServer(store.ConnectionString).Keys().Select(key => (string)key!).ToArray();
        Assert.All(keys, key => Assert.Matches("^(blue|green:1):(limits|replicas|hosts|host|emb|probe)", key));
        Assert.Contains(keys, key => key.StartsWith("blue:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Installation_WithAUserForItsPrefixAlone_WorksAndSeesNoOther()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var admin = await store.ConnectAsync();
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "blue", "on", ">long-enough", "resetkeys", "~blue:*", "resetchannels", "&blue:*", "+@all");
        await admin.GetDatabase().ExecuteAsync("ACL", "LOG", "RESET");
        var user = $"{store.ConnectionString},user=blue,password=long-enough";
        await using var host = await SimulatedHost.StartAsync("one");
        await using var one = await GatewayAsync(user, "blue", host);
        await using var two = await GatewayAsync(user, "blue", host);
        await using var cache = await EmbeddingAsync(user, "blue");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await ChatAsync(one, 3));
        Fleet(one).CooledDown("one", TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(() => Cooling(two) > TimeSpan.Zero, "the other replica knows");
        Assert.Equal("l1=0,l2=0,miss=1", await EmbedAsync(cache));
        await Wait.UntilAsync(() => cache.Services.GetRequiredService<L2Writer>().Written == 1, "the write");

        var refused = ((RedisResult[])(await admin.GetDatabase().ExecuteAsync("ACL", "LOG"))!).Select(entry => $"{entry.ToDictionary()["object"]}");
        Assert.Empty(refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a{b}")]
    [InlineData("a b")]
    [InlineData("a*")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Start_WithAPrefixThatCannotBe_NamesTheKey(string prefix)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => RunningApp.StartAsync(SampleApplication.Create, [$"--Redis:KeyPrefix={prefix}"]));
        Assert.Equal("Redis:KeyPrefix: must be 1 to 64 of A-Z, a-z, 0-9, '-', '_', '.' and ':'", failure.Message);
    }

    private static async Task<RunningGateway> GatewayAsync(string store, string prefix, SimulatedHost host)
    {
        var gateway = await RunningGateway.StartAsync(
            [host],
            builder => builder.Services.AddSingleton(Replica.Patient),
            $"--ConnectionStrings:state={store}", $"--Redis:KeyPrefix={prefix}", $"--Tenants:{Tenant}:RequestsPerMinute=2",
            "--Auth:Keys:0:Id=a", $"--Auth:Keys:0:Tenant={Tenant}", $"--Auth:Keys:0:KeySha256={Convert.ToHexStringLower(SHA256.HashData("sk-a"u8))}");
        await Eventually.TrueAsync(() => gateway.Services.GetRequiredService<LimitStore>().IsUp, "it has its store", TimeSpan.FromSeconds(30));
        return gateway;
    }

    private static async Task<EmbeddingHost> EmbeddingAsync(string store, string prefix)
    {
        var host = await EmbeddingHost.StartAsync("--ConnectionStrings:cache", store, "--Redis:KeyPrefix", prefix, "--Embedding:Cache:L2ReadBudget", "00:00:05");
        await Wait.UntilAsync(() => host.Services.GetRequiredService<CacheEpoch>().IsKnown, "the generation");
        return host;
    }

    private static async Task<HttpStatusCode[]> ChatAsync(RunningGateway gateway, int times)
    {
        var answers = new HttpStatusCode[times];
        for (var i = 0; i < times; i++)
        {
            using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), Cancelled, ("Authorization", "Bearer sk-a"));
            answers[i] = response.StatusCode;
        }

        return answers;
    }

    private static async Task<string> EmbedAsync(EmbeddingHost host)
    {
        using var response = await host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = "an entry of an installation's" });
        return response.Headers.GetValues("x-morgan-cache").Single();
    }

    private static IFleet Fleet(RunningGateway gateway) => gateway.Services.GetRequiredService<IFleet>();

    private static TimeSpan Cooling(RunningGateway gateway) => gateway.Services.GetRequiredService<HostRegistry>().Current.Find("one")!.CoolingDown;
}
