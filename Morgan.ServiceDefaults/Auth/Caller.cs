using System.Collections.Frozen;

namespace Morgan.ServiceDefaults.Auth;

/// <summary>Who sent the request: the feature that authentication sets on every request it lets through.</summary>
/// <param name="KeyId">The key's configured name, or <see cref="AnonymousKeyId"/>.</param>
/// <param name="Tenant">The tenant it counts for.</param>
/// <param name="Admin">Whether admin paths are open to it.</param>
/// <param name="Models">The models it may use; null: all.</param>
public sealed record Caller(string KeyId, string Tenant, bool Admin, FrozenSet<string>? Models)
{
    /// <summary>The tenant of keys that name none, and of callers without a key.</summary>
    public const string DefaultTenant = "default";

    /// <summary>The key id of callers without a key.</summary>
    public const string AnonymousKeyId = "anonymous";

    /// <summary>Whether this caller may use <paramref name="model"/>, a public name or an alias.</summary>
    public bool MayUse(string model) => Models is null || Models.Contains(model);
}
