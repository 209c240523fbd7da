using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Morgan.LlmService.Admission.Shared;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Redis;
using Morgan.Tests.LlmService.Gateway;
using Morgan.Tests.ServiceDefaults;

namespace Morgan.Tests.Security;

/// <summary>Connections to a real redis-server over TLS.</summary>
public sealed class RedisTlsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // on a busy machine the client tries again after ever longer pauses

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PrivateAuthority_ThatIsConfigured_IsTrusted()
    {
        await using var redis = await TlsRedis.StartAsync();
        await using var app = await RunningApp.StartAsync(
            SampleApplication.Create, [$"--ConnectionStrings:cache={redis.ConnectionString}", $"--Redis:CertificateAuthority={redis.Authority}"]);

        await Eventually.TrueAsync(async () => (await CheckAsync(app.Client, "cache")).Status == "healthy", "the cache answers over TLS", Patience);
        Assert.StartsWith("answers in", (await CheckAsync(app.Client, "cache")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_WithItsLimitsInAStoreOverTls_SharesThemAndProbesTheStoreLikewise()
    {
        await using var redis = await TlsRedis.StartAsync();
        await using var gateway = await RunningGateway.StartAsync([], $"--ConnectionStrings:state={redis.ConnectionString}", $"--Redis:CertificateAuthority={redis.Authority}");
        var store = gateway.Services.GetRequiredService<LimitStore>();
        await Eventually.TrueAsync(() => store.IsUp, "the store is up", Patience);

        // The probe makes connections of its own; its count stays for a minute.
        var replica = gateway.Services.GetRequiredService<SharedBooks>().Replica;
        await Eventually.TrueAsync(
            async () => (long)await store.Connected!.GetDatabase().StringGetAsync($"morgan:probe:{replica}:0") == 200, "the probe has counted", Patience);
        Assert.True(store.IsAtomic);
    }

    [Theory]
    [InlineData(null, "localhost")]
    [InlineData("other", "localhost")]
    [InlineData("right", "elsewhere")]
    public async Task Certificate_OfAnUnknownAuthorityOrForAnotherName_IsRefusedAndHealthSaysWhy(string? authority, string name)
    {
        await using var redis = await TlsRedis.StartAsync(name);
        string[] trust = authority is null ? [] : [$"--Redis:CertificateAuthority={(authority == "right" ? redis.Authority : redis.OtherAuthority)}"];
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, [$"--ConnectionStrings:cache={redis.ConnectionString}", .. trust]);

        var seen = (Status: "", Reason: "");
        await Eventually.TrueAsync(
            async () =>
            {
                seen = await CheckAsync(app.Client, "cache");
                return seen.Reason.Contains("TLS: ", StringComparison.Ordinal);
            },
            "it says why", Patience);

        Assert.Equal("degraded", seen.Status);
        Assert.Contains("certificate", seen.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(TlsRedis.Password, seen.Reason, StringComparison.Ordinal);
        Assert.Null(app.Services.GetRequiredService<RedisCache>().Connected);
    }

    [Fact]
    public async Task Start_WithAnAuthorityThatIsNone_NamesKeyAndFile()
    {
        var file = Path.Combine(Repository.Root, "README.md");
        var failure = await Assert.ThrowsAsync<ConfigurationException>(
            () => RunningApp.StartAsync(SampleApplication.Create, [$"--Redis:CertificateAuthority={file}"]));
        Assert.Equal($"Redis:CertificateAuthority: '{file}' holds no PEM certificate", failure.Message);
    }

    private static async Task<(string Status, string Reason)> CheckAsync(HttpClient client, string name)
    {
        using var health = JsonDocument.Parse(await client.GetStringAsync(new Uri("/health", UriKind.Relative), Cancelled));
        var check = health.RootElement.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == name);
        return (check.GetProperty("status").GetString()!, check.GetProperty("reason").GetString()!);
    }
}
