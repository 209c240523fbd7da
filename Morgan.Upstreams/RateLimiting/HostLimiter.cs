using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.RateLimiting;

internal abstract class HostLimiter
{
    public abstract bool HasPermit(long now);

    public abstract bool TryTake(long now);

    public abstract LimiterView Describe(long now);
}
