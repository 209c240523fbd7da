namespace Morgan.Upstreams.Attempts;

/// <summary>
/// Sends a request to one of many hosts: picks, sends, waits for the answer under its time limits, goes to another host
/// when one fails, pauses when all have, and stops at the deadline or when the retry budget is used up.
/// </summary>
public sealed class UpstreamClient
{
    private readonly AttemptContext _context;

    internal UpstreamClient(AttemptContext context) => _context = context;

    /// <summary>
    /// Sends <paramref name="request"/>. The result holds a host's answer or says why there is none; it never throws for
    /// what hosts do.
    /// </summary>
    /// <param name="request">What to send, and to whom.</param>
    /// <param name="cancellationToken">The client's presence: ends the host's work at once.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public Task<UpstreamResult> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new AttemptLoop(_context, request, cancellationToken).RunAsync();
    }
}
