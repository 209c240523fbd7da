using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.RateLimiting;

/// <summary>Three replicas with as many permits as the test says.</summary>
internal sealed class FakeFleet : IFleet
{
    public bool IsUp { get; set; } = true;

    public int Replicas => 3;

    /// <summary>Permits left for all.</summary>
    public int Permits { get; set; }

    /// <summary>What was wanted, question by question.</summary>
    public List<int> Wanted { get; } = [];

    /// <summary>Completes the questions; null: they are answered at once.</summary>
    public TaskCompletionSource? Slow { get; set; }

    public void CooledDown(string host, TimeSpan pause)
    {
    }

    public void Reset(string host)
    {
    }

    public async ValueTask<FleetPermits?> TakeAsync(string host, RateLimitOptions limit, int count)
    {
        if (Slow is { } slow)
        {
            await slow.Task;
        }

        Wanted.Add(count);
        if (!IsUp)
        {
            return null;
        }

        var granted = Math.Min(count, Permits);
        Permits -= granted;
        return new FleetPermits(granted, Permits > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
    }

    public ValueTask<ProbeTurn> TurnAsync(string host, TimeSpan interval) => ValueTask.FromResult(new ProbeTurn(true, null));

    public void Probed(string host, HealthCheckView check, TimeSpan interval)
    {
    }
}
