using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Morgan.ServiceDefaults.Auth;

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

    /// <summary>What a caller's keys are made with; empty: the keys that are shared by all.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="onBehalfOf">
    /// The header <c>x-morgan-tenant</c>: the tenant that a gateway asks for. An admin key is believed. Another key names
    /// tenants of its own: its partitions are found by nobody else, and it finds nobody else's.
    /// </param>
    public byte[] SecretOf(Caller caller, string? onBehalfOf)
    {
        if (string.IsNullOrEmpty(onBehalfOf))
        {
            return _secrets.GetValueOrDefault(caller.Tenant, []);
        }

        var tenant = Uri.UnescapeDataString(onBehalfOf);
        if (!_secrets.TryGetValue(tenant, out var secret))
        {
            return _secrets.GetValueOrDefault(caller.Tenant, []);
        }

        return caller.Admin || tenant == caller.Tenant ? secret : Secret($"{caller.Tenant}\n{tenant}");
    }

    public void Dispose() => _subscription.Dispose();

    private FrozenDictionary<string, byte[]> Read() => _configuration.GetSection("Tenants").GetChildren()
        .Where(tenant => bool.TryParse(tenant["CachePartition"], out var on) && on)
        .ToFrozenDictionary(tenant => tenant.Key, tenant => Secret(tenant.Key), StringComparer.Ordinal);

    private static byte[] Secret(string tenant) => SHA256.HashData(Encoding.UTF8.GetBytes($"morgan tenant {tenant}"));
}
