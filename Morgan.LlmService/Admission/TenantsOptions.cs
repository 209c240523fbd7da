namespace Morgan.LlmService.Admission;

/// <summary>Section <c>Tenants</c>: name → limits.</summary>
internal sealed class TenantsOptions : Dictionary<string, TenantOptions>
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tenants";

    public TenantsOptions()
        : base(StringComparer.Ordinal)
    {
    }

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>What is wrong with them.</summary>
    public static IEnumerable<string> Check(TenantsOptions tenants)
    {
        foreach (var (name, tenant) in tenants)
        {
            (string Key, long Value)[] limits =
            [
                ("RequestsPerMinute", tenant.RequestsPerMinute),
                ("TokensPerMinute", tenant.TokensPerMinute),
                ("TokensPerDay", tenant.TokensPerDay),
                ("MaxConcurrent", tenant.MaxConcurrent),
                ("DefaultReservedOutputTokens", tenant.DefaultReservedOutputTokens),
            ];
            foreach (var (key, value) in limits)
            {
                if (value < 0)
                {
                    yield return $"Tenants:{name}:{key}: must be 0 (no limit) or more, is {value}";
                }
            }

            if (tenant.MaxWait < TimeSpan.Zero || tenant.MaxWait > LongestWait)
            {
                yield return $"Tenants:{name}:MaxWait: must be from 00:00:00 (no wait) to 00:01:00, is {tenant.MaxWait}";
            }
        }
    }
}
