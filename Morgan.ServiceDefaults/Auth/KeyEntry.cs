namespace Morgan.ServiceDefaults.Auth;

/// <summary>A configured key.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="NotAfter">From when it is no longer valid; null: never.</param>
/// <param name="MaxConcurrent">Requests at once in this process; 0: unlimited.</param>
/// <param name="Use">How it is used.</param>
internal sealed record KeyEntry(Caller Caller, DateTimeOffset? NotAfter, int MaxConcurrent, KeyUse Use);
