using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>
/// A store behind the Redis protocol, which may be absent, away or slow: a service never waits for it to start and never
/// fails because of it.
/// </summary>
public abstract class RedisStore : BackgroundService
{
    private readonly string? _name;
    private readonly Func<IConnectionMultiplexer> _connect;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IConnectionMultiplexer? _multiplexer;

    private protected RedisStore(string? name, Func<IConnectionMultiplexer> connect, ILogger logger) =>
        (_name, _connect, _logger) = (name, connect, logger);

    /// <summary>Whether there is a connection string at all.</summary>
    public bool IsConfigured => _name is not null;

    /// <summary>The connection, or null: none is configured, or it is not up at the moment. Costs a field read.</summary>
    public IConnectionMultiplexer? Connected => _multiplexer is { IsConnected: true } up ? up : null;

    /// <summary>
    /// Completes when the first attempt to connect has come to something; it takes the connect timeout at most, and no time
    /// where nothing is configured.
    /// </summary>
    public Task FirstAttempt => _tried.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_name is not { } name)
        {
            _tried.TrySetResult();
            return;
        }

        // Resolving connects, which blocks for up to the connect timeout: not on the start's path.
        await Task.Yield();
        try
        {
            var multiplexer = _connect();
            multiplexer.ConnectionFailed += (_, e) =>
                Log.RedisUnreachable(_logger, name, $"{e.FailureType} at {Address(e.EndPoint)}");
            multiplexer.ConnectionRestored += (_, _) => Log.RedisConnected(_logger, name);
            _multiplexer = multiplexer;
            if (multiplexer.IsConnected)
            {
                Log.RedisConnected(_logger, name);
            }
            else
            {
                Log.RedisUnreachable(_logger, name, string.Join(", ", multiplexer.GetEndPoints(configuredOnly: true).Select(Address)));
            }
        }
        catch (ArgumentException e)
        {
            Log.RedisUnreachable(_logger, name, $"the connection string is not valid: {e.Message}");
        }
        catch (RedisConnectionException e)
        {
            Log.RedisUnreachable(_logger, name, e.FailureType.ToString());
        }
        finally
        {
            _tried.TrySetResult();
        }
    }

    private static string Address(System.Net.EndPoint? endPoint) => endPoint is null ? "unknown address" : EndPointCollection.ToString(endPoint);
}
