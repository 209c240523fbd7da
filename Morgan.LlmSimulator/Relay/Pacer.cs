using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Relay;

/// <summary>
/// Says when each generation step is done. It keeps to a timetable rather than pausing after each step, so that an answer
/// takes the time planned however coarse the timer is; a client that reads slowly then finds several steps ready.
/// </summary>
internal sealed class Pacer(SimulationPlan plan, ulong seed, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private Chance _chance = new(seed);
    private double _dueMs;
    private int _step = -1;

    /// <summary>Waits until a step (the first token is step 0) is done. Steps are asked for in order.</summary>
    public Task WaitAsync(int step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (; _step < step; _step++)
        {
            double mean = _step < 0 ? plan.TimeToFirstTokenMs : plan.InterTokenMs;
            _dueMs += mean * (1 + (plan.Jitter * ((2 * _chance.NextDouble()) - 1)));
        }

        var left = TimeSpan.FromMilliseconds(_dueMs) - time.GetElapsedTime(_start);
        return left < TimeSpan.FromMilliseconds(1) ? Task.CompletedTask : Task.Delay(left, time, cancellationToken);
    }
}
