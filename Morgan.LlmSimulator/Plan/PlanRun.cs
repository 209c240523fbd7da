using System.Threading.RateLimiting;

namespace Morgan.LlmSimulator.Plan;

/// <summary>
/// One plan being carried out: the immutable plan and what has happened under it. A new plan is a new run; requests
/// that are under way finish under theirs.
/// </summary>
internal sealed class PlanRun : IDisposable
{
    // As many as Ollama lets wait (OLLAMA_MAX_QUEUE) before it answers 503.
    private const int QueueLimit = 512;

    private readonly long[] _struck;
    private readonly ConcurrencyLimiter? _slots;
    private long _requests = -1;
    private long _healthChecks = -1;

    /// <summary>Starts the plan from its beginning.</summary>
    public PlanRun(SimulationPlan plan, string hostName)
    {
        Plan = plan;
        Seed = Chance.Mix((ulong)plan.Seed, Chance.Hash(hostName));
        _struck = new long[plan.Faults.Count];
        _slots = plan.MaxConcurrent == 0 ? null : new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = plan.MaxConcurrent,
            QueueLimit = QueueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>What is carried out.</summary>
    public SimulationPlan Plan { get; }

    /// <summary>The plan's seed mixed with the host's name: hosts under the same plan differ.</summary>
    public ulong Seed { get; }

    /// <summary>Slots not taken; null without a limit.</summary>
    public long? FreeSlots => _slots?.GetStatistics()?.CurrentAvailablePermits;

    /// <summary>The place of a new request in this run, from 0.</summary>
    public long NextRequest() => Interlocked.Increment(ref _requests);

    /// <summary>The fault that strikes this request, if one does.</summary>
    public Fault? FaultFor(long request, bool streamed)
    {
        for (int i = 0; i < _struck.Length; i++)
        {
            var fault = Plan.Faults[i];
            if (FaultKinds.Concerns(fault.Kind, streamed) && Strikes(i, fault, request))
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>Whether a health check that comes now is to fail.</summary>
    public bool FailsHealthCheck()
    {
        long check = Interlocked.Increment(ref _healthChecks);
        for (int i = 0; i < _struck.Length; i++)
        {
            if (Plan.Faults[i].Kind == FaultKinds.HealthOnly && Strikes(i, Plan.Faults[i], check))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits for a slot, in order of arrival. A lease that is not acquired says that too many wait already.</summary>
    public async ValueTask<RateLimitLease?> TakeSlotAsync(CancellationToken cancellationToken) =>
        _slots is null ? null : await _slots.AcquireAsync(1, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _slots?.Dispose();

    private bool Strikes(int index, Fault fault, long request)
    {
        // One draw per request and fault, so that a fault's chance doesn't hang on the faults before it.
        if (new Chance(Chance.Mix(Chance.Mix(Seed, (ulong)request), (ulong)index)).NextDouble() >= fault.Rate)
        {
            return false;
        }

        return fault.Count is not { } count || Interlocked.Increment(ref _struck[index]) <= count;
    }
}
