using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>What all requests share.</summary>
internal sealed record AttemptContext(MonotonicClock Clock, RetryBudget Retries, Random Random);
