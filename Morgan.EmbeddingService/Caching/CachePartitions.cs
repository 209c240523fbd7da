using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// The tenants whose entries nobody else may find, <c>Tenants:NAME:CachePartition</c>: their keys are made with a secret
/// of their own, so that no timing tells another tenant what they have embedded.
/// </summary>
internal sealed class CachePartitions : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly IDisposable _subscription;
    private volatile FrozenDictionary<string, byte[]> _secrets;

    public CachePartitions(IConfiguration configuration)
    {
        _configuration = configuration;
        _secrets = Read();
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, () => _secrets = Read());
    }

    /// <summary>What a tenant's keys are made with; empty: the keys that are shared by all.</summary>
    public byte[] SecretOf(string tenant) => _secrets.GetValueOrDefault(tenant, []);

    public void Dispose() => _subscription.Dispose();

    private FrozenDictionary<string, byte[]> Read() => _configuration.GetSection("Tenants").GetChildren()
        .Where(tenant => bool.TryParse(tenant["CachePartition"], out var on) && on)
        .ToFrozenDictionary(tenant => tenant.Key, tenant => SHA256.HashData(Encoding.UTF8.GetBytes($"morgan tenant {tenant.Key}")), StringComparer.Ordinal);
}
