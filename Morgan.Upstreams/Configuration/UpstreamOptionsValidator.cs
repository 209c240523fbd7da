namespace Morgan.Upstreams.Configuration;

/// <summary>Says what is wrong with <see cref="UpstreamOptions"/>: one message a problem, with its full key and the valid range.</summary>
public static class UpstreamOptionsValidator
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The problems of <paramref name="options"/>; none when they can be used.</summary>
    /// <param name="options">What was bound.</param>
    /// <param name="section">Where it was bound from, for the messages: <c>Llm</c>.</param>
    public static IReadOnlyList<string> Validate(UpstreamOptions options, string section)
    {
        ArgumentNullException.ThrowIfNull(options);
        var check = new OptionCheck(section);
        check.OneOf("Strategy", options.Strategy, Strategies.All);
        Retry(check.In("Retry"), options.Retry);
        CircuitBreaker(check.In("CircuitBreaker"), options.CircuitBreaker);
        RateLimit(check.In("RateLimit"), options.RateLimit);
        Health(check.In("Health"), options.Health);
        Pool(check.In("Pool"), options.Pool);
        Timeouts(check.In("Timeouts"), options.Timeouts);
        Hedging(check.In("Hedging"), options.Hedging);
        Hosts(check, "Hosts", options.Hosts);
        return check.Problems;
    }

    /// <summary>The problems of a list of hosts alone, for a service that keeps hosts under another key as well.</summary>
    /// <param name="hosts">What was bound.</param>
    /// <param name="key">Where it was bound from: <c>Llm:DefaultHosts</c>.</param>
    public static IReadOnlyList<string> ValidateHosts(IReadOnlyList<HostOptions> hosts, string key)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        var check = new OptionCheck("");
        Hosts(check, key, hosts);
        return check.Problems;
    }

    private static void Hosts(OptionCheck check, string key, IReadOnlyList<HostOptions> hosts)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < hosts.Count; i++)
        {
            HostOptionsValidator.Check(check.In($"{key}:{i}"), hosts[i], names);
        }
    }

    private static void Retry(OptionCheck check, RetryOptions retry)
    {
        check.Between("MaxRetries", retry.MaxRetries, 0, 20);
        check.Between("BaseDelay", retry.BaseDelay, Millisecond, TimeSpan.FromMinutes(10));
        check.Between("MaxDelay", retry.MaxDelay, retry.BaseDelay, TimeSpan.FromHours(1));
        check.Between("ExponentialBase", retry.ExponentialBase, 1, 10);
        check.Between("BudgetPercent", retry.BudgetPercent, 0, 100);
    }

    private static void CircuitBreaker(OptionCheck check, CircuitBreakerOptions breaker)
    {
        check.Between("FailureThreshold", breaker.FailureThreshold, 1, 1000);
        check.Between("SuccessThreshold", breaker.SuccessThreshold, 1, 100);
        check.Between("BreakDuration", breaker.BreakDuration, Millisecond, Day);
        check.Between("MaxBreakDuration", breaker.MaxBreakDuration, breaker.BreakDuration, Day);
    }

    private static void RateLimit(OptionCheck check, RateLimitOptions limit)
    {
        check.OneOf("Algorithm", limit.Algorithm, RateLimitAlgorithms.All);
        check.Between("RequestsPerSecond", limit.RequestsPerSecond, 0.001, 1_000_000);
        check.Between("Burst", limit.Burst, 1, 1_000_000);
        check.Between("Window", limit.Window, Millisecond, Day);
        check.Between("MaxWait", limit.MaxWait, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        check.Between("QueueLimit", limit.QueueLimit, 0, 1_000_000);
        if (limit.Algorithm == RateLimitAlgorithms.SlidingWindow
            && limit.RequestsPerSecond * limit.Window.TotalSeconds is < 1 or > 1_000_000)
        {
            check.Add("Window", "× RequestsPerSecond must be from 1 to 1000000 requests a window");
        }
    }

    private static void Health(OptionCheck check, HealthOptions health)
    {
        check.Between("Interval", health.Interval, TimeSpan.FromMilliseconds(10), Day);
        check.Between("Timeout", health.Timeout, Millisecond, TimeSpan.FromMinutes(10));
        check.Between("DegradedThreshold", health.DegradedThreshold, 1, 1000);
        check.Between("UnhealthyThreshold", health.UnhealthyThreshold, health.DegradedThreshold, 1000);
    }

    private static void Pool(OptionCheck check, PoolOptions pool)
    {
        check.Between("MaxConnections", pool.MaxConnections, 0, 100_000);
        check.Between("KeepAlive", pool.KeepAlive, TimeSpan.FromSeconds(1), Day);
        check.Between("Lifetime", pool.Lifetime, TimeSpan.FromSeconds(1), Day);
    }

    private static void Timeouts(OptionCheck check, TimeoutOptions timeouts)
    {
        check.Between("Connect", timeouts.Connect, Millisecond, Day);
        check.Between("FirstByte", timeouts.FirstByte, Millisecond, Day);
        check.Between("Response", timeouts.Response, Millisecond, Day);
        check.Between("Idle", timeouts.Idle, Millisecond, Day);
        check.Between("Total", timeouts.Total, Millisecond, Day);
        check.Between("KeepAliveComment", timeouts.KeepAliveComment, Millisecond, Day);
    }

    private static void Hedging(OptionCheck check, HedgingOptions hedging)
    {
        check.Between("DelayQuantile", hedging.DelayQuantile, 0.5, 0.999);
        check.Between("BudgetPercent", hedging.BudgetPercent, 0, 100);
    }
}
