using System.Collections.Concurrent;

namespace Morgan.LlmService.Admission.Waiting;

/// <summary>
/// Where requests wait for the limits of their tenants, each in the line of its own limit, so that no tenant waits for
/// another. What they share are the places: whoever has more requests here than there are places left gets no more, so that
/// there is always room for a tenant that has none.
/// </summary>
internal sealed class WaitingRoom(TimeProvider time)
{
    /// <summary>Requests that may wait in this process.</summary>
    public const int Places = 1000;

    // Neither a freed place of another replica nor tokens that it has given back are announced.
    private static readonly TimeSpan LookForPlace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookForTokens = TimeSpan.FromSeconds(1);

    private readonly long _origin = time.GetTimestamp();
    private readonly ConcurrentDictionary<(string Tenant, string? Key), WaitingLine> _lines = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _waiting = new(StringComparer.Ordinal);
    private int _taken;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>The line of a caller's limits.</summary>
    public WaitingLine LineOf(CallerLimits limits) => _lines.GetOrAdd((limits.Tenant, limits.Key), static _ => new WaitingLine());

    /// <summary>How many of a tenant's requests wait here.</summary>
    public int WaitingOf(string tenant)
    {
        lock (_gate)
        {
            return _waiting.GetValueOrDefault(tenant);
        }
    }

    /// <summary>Asks, and waits as long as it is promising, and no longer than <paramref name="most"/>.</summary>
    /// <param name="limits">The caller's.</param>
    /// <param name="tokens">What the request sets aside.</param>
    /// <param name="most">How long it can wait.</param>
    /// <param name="ask">Asks whether a request at that place may go.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Admittance> WaitAsync(
        CallerLimits limits, long tokens, TimeSpan most, Func<LinePlace, ValueTask<Admittance>> ask, CancellationToken cancellationToken)
    {
        var line = LineOf(limits);
        var waiter = new Waiter(Now + most, tokens);
        if (!TryEnter(limits.Tenant))
        {
            // No place: it goes now, if there is room for all who wait and for this one too, or never.
            var end = line.PlaceOf(waiter, Now);
            return await ask(end);
        }

        line.Join(waiter);
        try
        {
            return await WaitAsync(line, waiter, ask, cancellationToken);
        }
        finally
        {
            line.Leave(waiter);
            Exit(limits.Tenant);
        }
    }

    private async ValueTask<Admittance> WaitAsync(
        WaitingLine line, Waiter waiter, Func<LinePlace, ValueTask<Admittance>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = waiter.TakeChange();
            var place = line.PlaceOf(waiter, Now);
            var answer = await ask(place);
            if (answer.Reservation is not null || !place.CanWait(answer.Decision.Refusal!.Value))
            {
                return answer;
            }

            waiter.IsPromised = true;
            do
            {
                var left = waiter.Deadline - Now;
                if (left <= TimeSpan.Zero)
                {
                    return await ask(line.PlaceOf(waiter, Now)); // the last chance, or the true time to come back
                }

                try
                {
                    var pause = place.AheadRequests > 0 ? left : Least(Pause(answer.Decision.Refusal.Value), left);
                    await change.WaitAsync(WholeMilliseconds(pause), time, cancellationToken);
                }
                catch (TimeoutException)
                {
                    // The usual end: the time has come.
                }
            }
            while (place.AheadRequests > 0 && !change.IsCompleted);
        }
    }

    private static TimeSpan Pause(in Refusal refusal) => refusal.Kind switch
    {
        LimitKind.Concurrent => LookForPlace,
        LimitKind.Tokens => Least(refusal.Wait, LookForTokens),
        _ => refusal.Wait,
    };

    // Rounded up: a timer that fires early would only ask in vain.
    private static TimeSpan WholeMilliseconds(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(time.TotalMilliseconds)));

    private bool TryEnter(string tenant)
    {
        lock (_gate)
        {
            var own = _waiting.GetValueOrDefault(tenant);
            if (own >= Places - _taken)
            {
                return false;
            }

            _waiting[tenant] = own + 1;
            _taken++;
            return true;
        }
    }

    private void Exit(string tenant)
    {
        lock (_gate)
        {
            _taken--;
            if (--_waiting[tenant] == 0)
            {
                _waiting.Remove(tenant);
            }
        }
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
