namespace Morgan.LlmService.Admission.Shared;

/// <summary>A tenant's limits; 0 is none.</summary>
internal sealed record LimitsView(long RequestsPerMinute, long TokensPerMinute, long TokensPerDay, long MaxConcurrent)
{
    /// <summary>Those of the options.</summary>
    public static LimitsView Of(TenantOptions limits) =>
        new(limits.RequestsPerMinute, limits.TokensPerMinute, limits.TokensPerDay, limits.MaxConcurrent);
}
