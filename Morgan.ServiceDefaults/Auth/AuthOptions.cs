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
}
