using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// Sends a request to one of many hosts: picks, sends, waits for the answer under its time limits, goes to another host
/// when one fails, pauses when all have, and stops at the deadline or when the retry budget is used up.
/// </summary>
public sealed class UpstreamClient
{
    private readonly HostContext _context;
    private readonly AttemptBudgets _budgets;

    internal UpstreamClient(HostContext context)
    {
        _context = context;
        _budgets = new AttemptBudgets(context.Clock);
    }

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
        if (request.Tiers.Count == 0)
        {
            return Task.FromResult(new UpstreamResult(UpstreamResultKind.NoHealthyHost));
        }

        var settings = request.Tiers[0].Candidates[0].Host.Settings;
        return new AttemptLoop(_context, _budgets, request, settings, cancellationToken).RunAsync();
    }
}
