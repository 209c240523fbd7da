namespace Morgan.ServiceDefaults.Auth;

/// <summary>Endpoint metadata: only admin keys may call it.</summary>
internal sealed record AdminOnly;
