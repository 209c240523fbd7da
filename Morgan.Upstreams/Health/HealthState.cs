namespace Morgan.Upstreams.Health;

/// <summary>What checks and requests say of a host.</summary>
public enum HealthState
{
    /// <summary>Nothing yet.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Healthy,

    /// <summary>It failed a few times in a row; still used.</summary>
    Degraded,

    /// <summary>It failed many times in a row; used only when no other host can be.</summary>
    Unhealthy,
}
