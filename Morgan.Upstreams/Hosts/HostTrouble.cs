using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Hosts;

/// <summary>What a host's bad answers lead to beside its circuit: a pause, a mark, a load.</summary>
internal sealed class HostTrouble
{
    private readonly Lock _pausing = new();
    private int _limitedInRow;

    /// <summary>The pause it asked for, or that a limit without a time stands for.</summary>
    public CoolDown CoolDown { get; } = new();

    /// <summary>Runs while it counts as misconfigured: it lately refused Morgan's credentials or redirected.</summary>
    public CoolDown Misconfigured { get; } = new();

    /// <summary>Recent failures as load.</summary>
    public FailureLoad Load { get; } = new();

    /// <summary>An answer was not good, by whoever's fault.</summary>
    /// <returns>How long the host is to be left alone because of it.</returns>
    public TimeSpan Add(AttemptOutcome outcome, UpstreamOptions settings, long now)
    {
        Load.Add(now);
        if (outcome.Kind == OutcomeKind.Misconfigured)
        {
            Misconfigured.Extend(now + settings.CircuitBreaker.BreakDuration.Ticks);
        }

        lock (_pausing)
        {
            var (pause, most) = (Pause(outcome, settings.Retry, now), settings.CircuitBreaker.MaxBreakDuration);
            pause = pause < most ? pause : most;
            CoolDown.Extend(now + pause.Ticks);
            return pause;
        }
    }

    /// <summary>An answer was good.</summary>
    public void Forgive()
    {
        _limitedInRow = 0;
        Misconfigured.Reset();
    }

    /// <summary>Forgets all.</summary>
    public void Reset()
    {
        Forgive();
        CoolDown.Reset();
        Load.Clear();
    }

    // A host that names no time is left alone for longer each time; answers to requests that were under way when the
    // pause began don't lengthen it.
    private TimeSpan Pause(AttemptOutcome outcome, RetryOptions retry, long now)
    {
        if (outcome.RetryAfter is { } asked)
        {
            return asked;
        }

        return outcome.Kind == OutcomeKind.RateLimited && CoolDown.Remaining(now) == 0
            ? Backoff.Length(retry, _limitedInRow++)
            : TimeSpan.Zero;
    }
}
