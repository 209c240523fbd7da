using System.Security.Cryptography;
using System.Text;
using Morgan.Tests.EmbeddingService;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Security;

/// <summary>What a tenant asked is learnt by no other: not in headers, and so not by the time that a hit saves.</summary>
public sealed class TenantCacheTests
{
    private const string Miss = "l1=0,l2=0,miss=1";
    private const string Hit = "l1=1,l2=0,miss=0";

    private static readonly string[] Tenants = ["--Tenants:acme:CachePartition=true", "--Tenants:other:CachePartition=true"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TenantsBehindTheGateway_DoNotFindEachOthersEntries(bool gatewayIsAdmin)
    {
        await using var embedding = await EmbeddingHost.StartAsync(
            [.. Key(0, "gateway", "gateway", gatewayIsAdmin), .. Key(1, "direct", "other", false), .. Tenants]);
        await using var gateway = await RunningGateway.StartAsync(
            [], [.. Key(0, "a", "acme", false), .. Key(1, "b", "other", false), $"--Llm:Embedding:Url={embedding.Address}", "--Llm:Embedding:Key=gateway", .. Tenants]);

        Assert.Equal(Miss, await AskAsync(gateway.Client, "a"));
        Assert.Equal(Hit, await AskAsync(gateway.Client, "a"));
        Assert.Equal(Miss, await AskAsync(gateway.Client, "b", ("x-morgan-tenant", "acme")));
        Assert.Equal(Hit, await AskAsync(gateway.Client, "b"));

        // Who has a key of the service itself names what tenant he likes, and finds his own entries alone.
        Assert.Equal(Miss, await AskAsync(embedding.Client, "direct", ("x-morgan-tenant", "acme")));
        Assert.Equal(gatewayIsAdmin ? Hit : Miss, await AskAsync(embedding.Client, "direct"));
    }

    private static async Task<string> AskAsync(HttpClient client, string key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings")
        {
            Content = new StringContent("""{"input":"what acme asked"}""", Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in ((string, string)[])[("Authorization", $"Bearer {key}"), .. headers])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.Headers.TryGetValues("x-morgan-cache", out var values) ? values.Single() : $"{response.StatusCode}";
    }

    private static string[] Key(int index, string key, string tenant, bool admin) =>
    [
        $"--Auth:Keys:{index}:Id={key}", $"--Auth:Keys:{index}:KeySha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}",
        $"--Auth:Keys:{index}:Tenant={tenant}", $"--Auth:Keys:{index}:Admin={admin}",
    ];
}
