namespace Aspire.Hosting.ApplicationModel;

/// <summary>The request of a command, before it is sent.</summary>
public sealed class HttpCommandRequestContext
{
    /// <summary>The request.</summary>
    public required HttpRequestMessage Request { get; init; }

    /// <summary>The replica whose command it is.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Gives up.</summary>
    public required CancellationToken CancellationToken { get; init; }
}
