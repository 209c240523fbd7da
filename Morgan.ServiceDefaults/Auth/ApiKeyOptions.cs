using System.Security.Cryptography;
using System.Text;

namespace Morgan.ServiceDefaults.Auth;

/// <summary>One API key, as its hash; or as itself where a secret store hands it over.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>A name for logs and metrics, unique.</summary>
    public string Id { get; set; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes, 64 hexadecimal digits: <c>printf %s "$KEY" | sha256sum</c>.</summary>
    public string KeySha256 { get; set; } = "";

    /// <summary>
    /// The key itself, at least 16 characters, instead of <see cref="KeySha256"/>: for a deployment whose secret store
    /// cannot hash. Null: the hash is given.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>The tenant whose limits and budget the key uses [default].</summary>
    public string Tenant { get; set; } = Caller.DefaultTenant;

    /// <summary>Whether the key opens the admin paths [false].</summary>
    public bool Admin { get; set; }

    /// <summary>The models that the key may use; empty: all.</summary>
    public IReadOnlyList<string> Models { get; set; } = [];

    /// <summary>The moment from which the key is no longer valid; null: never.</summary>
    public DateTimeOffset? NotAfter { get; set; }

    /// <summary>Requests per sliding 60 s; 0: the tenant's limit alone.</summary>
    public int RequestsPerMinute { get; set; }

    /// <summary>Tokens per sliding 60 s; 0: the tenant's limit alone.</summary>
    public int TokensPerMinute { get; set; }

    /// <summary>Requests at once in each replica, 0 to 100,000; 0: the tenant's limit alone [0].</summary>
    public int MaxConcurrent { get; set; }

    /// <summary>The hash that the key is found by, in lower case.</summary>
    internal string Hash => Key is { Length: > 0 } key
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))
        : KeySha256.ToLowerInvariant();
}
