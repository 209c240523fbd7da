namespace Morgan.ServiceDefaults.Auth;

/// <summary>Section <c>Auth</c>: who may call.</summary>
public sealed class AuthOptions
{
    /// <summary>
    /// Lets callers without a key in, never to admin paths [false]. Without this and without keys, a service outside
    /// Development refuses to start.
    /// </summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>The keys [none].</summary>
    public IReadOnlyList<ApiKeyOptions> Keys { get; set; } = [];

    /// <summary>
    /// The networks of proxies whose <c>X-Forwarded-For</c> is believed, <c>10.0.0.0/8</c> [none]: behind them a client has
    /// the address that they name, which counts when wrong keys are slowed down. Read at the start.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];
}
