namespace Morgan.Upstreams.Hosts;

/// <summary>A host's rate limit for the admin API.</summary>
/// <param name="Available">Permits to be had at once.</param>
/// <param name="Waiting">Requests that wait for one.</param>
/// <param name="Utilization">The part in use, 0 to 1.</param>
public sealed record LimiterView(int Available, int Waiting, double Utilization)
{
    internal static LimiterView? Of(HostState state) => state.Limiter?.Describe();
}
