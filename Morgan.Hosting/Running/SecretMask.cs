namespace Morgan.Hosting.Running;

/// <summary>Takes the secrets of the application out of what is shown.</summary>
internal sealed class SecretMask
{
    private const string Shown = "●●●●●●●●";
    private readonly List<string> _secrets = [];

    /// <summary>Adds a secret. One of fewer than four characters would mask half of everything, and is no secret.</summary>
    public void Add(string? secret)
    {
        if (secret is { Length: >= 4 })
        {
            _secrets.Add(secret);
        }
    }

    /// <summary>The text with every secret in it replaced.</summary>
    public string Apply(string text) =>
        _secrets.Aggregate(text, (shown, secret) => shown.Replace(secret, Shown, StringComparison.Ordinal));
}
