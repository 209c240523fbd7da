using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>
/// The shared cache (connection string <c>cache</c>), which may be absent, away or slow: a service never waits for it
/// to start and never fails because of it.
/// </summary>
public sealed class RedisCache : BackgroundService
{
    /// <summary>The connection string's name.</summary>
    public const string ConnectionName = "cache";

    private readonly IServiceProvider _services;
    private readonly ILogger<RedisCache> _logger;
    private volatile IConnectionMultiplexer? _multiplexer;

    internal RedisCache(IServiceProvider services, bool configured, ILogger<RedisCache> logger)
    {
        (_services, _logger) = (services, logger);
        IsConfigured = configured;
    }

    /// <summary>Whether there is a connection string at all.</summary>
    public bool IsConfigured { get; }

    /// <summary>The connection, or null: none is configured, or it is not up at the moment. Costs a field read.</summary>
    public IConnectionMultiplexer? Connected => _multiplexer is { IsConnected: true } up ? up : null;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsConfigured)
        {
            return;
        }

        // Resolving connects, which blocks for up to the connect timeout: not on the start's path.
        await Task.Yield();
        try
        {
            var multiplexer = _services.GetRequiredService<IConnectionMultiplexer>();
            multiplexer.ConnectionFailed += (_, e) =>
                Log.RedisUnreachable(_logger, ConnectionName, $"{e.FailureType} at {Address(e.EndPoint)}");
            multiplexer.ConnectionRestored += (_, _) => Log.RedisConnected(_logger, ConnectionName);
            _multiplexer = multiplexer;
            if (multiplexer.IsConnected)
            {
                Log.RedisConnected(_logger, ConnectionName);
            }
            else
            {
                Log.RedisUnreachable(_logger, ConnectionName, string.Join(", ", multiplexer.GetEndPoints(configuredOnly: true).Select(Address)));
            }
        }
        catch (ArgumentException e)
        {
            Log.RedisUnreachable(_logger, ConnectionName, $"the connection string is not valid: {e.Message}");
        }
        catch (RedisConnectionException e)
        {
            Log.RedisUnreachable(_logger, ConnectionName, e.FailureType.ToString());
        }
    }

    private static string Address(System.Net.EndPoint? endPoint) => endPoint is null ? "unknown address" : EndPointCollection.ToString(endPoint);
}
