using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>Tells how the cache is; never more than degraded, for the service works without it.</summary>
internal sealed class RedisCacheHealth(RedisCache cache) : IHealthCheck
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(500);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!cache.IsConfigured)
        {
            return HealthCheckResult.Healthy("no connection string 'cache': this replica caches for itself alone");
        }

        if (cache.Connected is not { } connected)
        {
            return HealthCheckResult.Degraded($"cannot be reached (ConnectionStrings:cache){(cache.Trouble is { } trouble ? $": {trouble}" : "")}");
        }

        try
        {
            var took = await connected.GetDatabase().PingAsync().WaitAsync(Slow, cancellationToken);
            return HealthCheckResult.Healthy($"answers in {took.TotalMilliseconds:0.0} ms");
        }
        catch (Exception e) when (e is TimeoutException or StackExchange.Redis.RedisException)
        {
            return HealthCheckResult.Degraded($"does not answer within {Slow.TotalMilliseconds:0} ms");
        }
    }
}
