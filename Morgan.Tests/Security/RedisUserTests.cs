using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService.Caching;
using Morgan.Tests.EmbeddingService;
using Morgan.Tests.LlmService.Gateway;
using Morgan.Tests.State;
using StackExchange.Redis;

namespace Morgan.Tests.Security;

/// <summary>The user of docs/security.md on a Redis that enforces it.</summary>
public sealed class RedisUserTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_WithAUserOfTheListedCommandsAlone_WorkAsEver()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var admin = await store.ConnectAsync();
        var database = admin.GetDatabase();
        await database.ExecuteAsync("ACL", [.. Listed().Split(' ').Skip(1).Select(word => (object)word.Replace("PASSWORD", "long-enough", StringComparison.Ordinal))]);
        await database.ExecuteAsync("ACL", "LOG", "RESET");
        var user = $"{store.ConnectionString},user=morgan,password=long-enough";

        await using var embedding = await EmbeddingHost.StartAsync("--ConnectionStrings:cache", user, "--Embedding:Cache:L2ReadBudget", "00:00:05");
        await using var second = await EmbeddingHost.StartAsync("--ConnectionStrings:cache", user, "--Embedding:Cache:L2ReadBudget", "00:00:05");
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync(
            [host], $"--ConnectionStrings:state={user}", "--Auth:Keys:0:Id=a", "--Auth:Keys:0:Tenant=acme", "--Auth:Keys:0:RequestsPerMinute=50",
            $"--Auth:Keys:0:KeySha256={Convert.ToHexStringLower(SHA256.HashData("sk-a"u8))}",
            "--Tenants:acme:RequestsPerMinute=3", "--Tenants:acme:TokensPerMinute=100000", "--Tenants:acme:TokensPerDay=1000000", "--Tenants:acme:MaxConcurrent=5");
        await Wait.UntilAsync(() => embedding.Services.GetRequiredService<CacheEpoch>().IsKnown && second.Services.GetRequiredService<CacheEpoch>().IsKnown, "the generation");

        Assert.Equal("l1=0,l2=0,miss=1", await EmbedAsync(embedding));
        await Wait.UntilAsync(() => embedding.Services.GetRequiredService<L2Writer>().Written == 1, "the write");
        Assert.Equal("l1=0,l2=1,miss=0", await EmbedAsync(second));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await ChatAsync(gateway));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await ChatAsync(gateway));
        using (await second.Client.DeleteAsync(new Uri("/admin/cache", UriKind.Relative), Cancelled))
        {
        }

        await Eventually.TrueAsync(async () => (long)await database.ExecuteAsync("DBSIZE") > 3, "the books are in the store");
        var refused = ((RedisResult[])(await database.ExecuteAsync("ACL", "LOG"))!).Select(entry => $"{entry.ToDictionary()["object"]}");
        Assert.DoesNotContain(refused, command => command != "config|get");
        foreach (var key in ((RedisResult[])(await database.ExecuteAsync("KEYS", "*"))!).Select(key => (string)key!))
        {
            Assert.StartsWith("morgan:", key, StringComparison.Ordinal);
        }
    }

    private static string Listed() => File.ReadLines(Path.Combine(Repository.Root, "docs", "security.md"))
        .Single(line => line.StartsWith("ACL SETUSER", StringComparison.Ordinal));

    private static async Task<string> EmbedAsync(EmbeddingHost host)
    {
        using var response = await host.PostAsync("/v1/embeddings", Encoding.UTF8.GetBytes("""{"input":"an entry of the user's"}"""));
        return response.Headers.GetValues("x-morgan-cache").Single();
    }

    private static async Task<HttpStatusCode> ChatAsync(RunningGateway gateway)
    {
        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), Cancelled, ("Authorization", "Bearer sk-a"));
        return response.StatusCode;
    }
}
