namespace Morgan.LlmService.Admission;

/// <summary>The limits that a caller is under: its tenant's, and its key's where that has some of its own.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="OfTenant">Its limits; all 0 where it has none.</param>
/// <param name="Key">The key's id; null: the key has no limits.</param>
/// <param name="OfKey">Its limits.</param>
internal sealed record CallerLimits(string Tenant, TenantOptions OfTenant, string? Key, TenantOptions? OfKey)
{
    /// <summary>The tenant, for a message.</summary>
    public string TenantWords => $"tenant '{Tenant}'";

    /// <summary>The key, for a message.</summary>
    public string KeyWords => $"key '{Key}'";
}
