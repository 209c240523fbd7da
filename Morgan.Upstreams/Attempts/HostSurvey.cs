using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>Why no candidate can be picked, all of them looked at once.</summary>
internal readonly struct HostSurvey
{
    private static readonly TimeSpan UnknownTurn = TimeSpan.FromSeconds(1);

    private HostSurvey(bool isUsable, Candidate? limited, TimeSpan limitedFor, TimeSpan? nextPlace, TimeSpan? nextReturn)
    {
        IsUsable = isUsable;
        Limited = limited;
        LimitedFor = limitedFor;
        NextPlace = nextPlace;
        NextReturn = nextReturn;
    }

    /// <summary>Whether one can be picked after all, by now.</summary>
    public bool IsUsable { get; }

    /// <summary>The one whose rate limit has a permit soonest, of those that only that keeps away.</summary>
    public Candidate? Limited { get; }

    /// <summary>How long that is for somebody who joins its queue now.</summary>
    public TimeSpan LimitedFor { get; }

    /// <summary>A guess at when a full host has a place; null when none is full.</summary>
    public TimeSpan? NextPlace { get; }

    /// <summary>When the first cool-down or open circuit is over; zero when a half-open circuit decides; null without any.</summary>
    public TimeSpan? NextReturn { get; }

    /// <summary>Whether there are hosts that only their limits keep away.</summary>
    public bool IsOverloaded => Limited is not null || NextPlace is not null;

    /// <summary>When it is worth trying again.</summary>
    public TimeSpan? RetryAfter
    {
        get
        {
            var soonest = Sooner(NextPlace, NextReturn);
            return Limited is null ? soonest : Sooner(soonest, LimitedFor);
        }
    }

    public static HostSurvey Of(IReadOnlyList<Tier> tiers, string flow, long now)
    {
        var usable = false;
        Candidate? limited = null;
        var limitedFor = TimeSpan.MaxValue;
        TimeSpan? nextPlace = null;
        TimeSpan? nextReturn = null;
        foreach (var tier in tiers)
        {
            foreach (var candidate in tier.Candidates)
            {
                var state = candidate.State;
                if (state.Switch.IsOff)
                {
                    continue;
                }

                if (state.UsabilityButForLimits(now) == Usability.None)
                {
                    nextReturn = Sooner(nextReturn, new TimeSpan(state.ReturnsIn(now)));
                }
                else if (state.Bulkhead.IsFull)
                {
                    nextPlace = Sooner(nextPlace, state.Latency.Total.Quantile(0.5) ?? UnknownTurn);
                }
                else if (state.Limiter is not { } limiter)
                {
                    usable = true;
                }
                else if (limiter.Delay(flow) is var delay && delay < limitedFor)
                {
                    (limited, limitedFor) = (candidate, delay);
                }
            }
        }

        return new HostSurvey(usable, limited, limitedFor, nextPlace, nextReturn);
    }

    private static TimeSpan? Sooner(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;
}
