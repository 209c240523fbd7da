namespace Morgan.Upstreams.Connections;

/// <summary>A host's credentials can't be had: an unreadable key file, a refused token. The host is misconfigured.</summary>
public sealed class HostAuthorizationException : Exception
{
    /// <summary>Without a message.</summary>
    public HostAuthorizationException()
    {
    }

    /// <summary>With what went wrong; never holds a secret.</summary>
    public HostAuthorizationException(string message)
        : base(message)
    {
    }

    /// <summary>With what went wrong and why.</summary>
    public HostAuthorizationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
