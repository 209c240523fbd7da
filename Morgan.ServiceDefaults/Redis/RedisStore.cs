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
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    private readonly string? _name;
    private readonly Func<IConnectionMultiplexer> _connect;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IConnectionMultiplexer? _multiplexer;
    private volatile string? _trouble;

    private protected RedisStore(string? name, Func<IConnectionMultiplexer> connect, RedisKeys keys, ILogger logger) =>
        (_name, _connect, Keys, _logger) = (name, connect, keys, logger);

    /// <summary>Whether there is a connection string at all.</summary>
    public bool IsConfigured => _name is not null;

    /// <summary>The connection, or null: none is configured, or it is not up at the moment. Costs a field read.</summary>
    public IConnectionMultiplexer? Connected => _multiplexer is { IsConnected: true } up ? up : null;

    /// <summary>Why there was no connection when one was last tried, without addresses or secrets; null: not known.</summary>
    public string? Trouble => _trouble;

    /// <summary>Names what is kept in it.</summary>
    public RedisKeys Keys { get; }

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
            {
                _trouble = e.Exception is { } cause ? RedisFaults.Explain(cause) : e.FailureType.ToString();
                Log.RedisUnreachable(_logger, name, $"{_trouble}, at {Address(e.EndPoint)}");
            };
            multiplexer.ConnectionRestored += (_, _) => Log.RedisConnected(_logger, name);
            _multiplexer = multiplexer;
            _tried.TrySetResult();
            if (multiplexer.IsConnected)
            {
                Log.RedisConnected(_logger, name);
            }
            else
            {
                await FindTroubleAsync(multiplexer, name, stoppingToken);
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

    // Until it is connected for the first time the client tells nobody why it is not; but who asks is told.
    private async Task FindTroubleAsync(IConnectionMultiplexer multiplexer, string name, CancellationToken stoppingToken)
    {
        while (!multiplexer.IsConnected)
        {
            try
            {
                await multiplexer.GetDatabase().PingAsync();
            }
            catch (Exception e) when (RedisFaults.Is(e))
            {
                var reason = RedisFaults.Explain(e);
                if (reason != _trouble && !stoppingToken.IsCancellationRequested)
                {
                    _trouble = reason;
                    Log.RedisUnreachable(_logger, name, $"{reason}, at {string.Join(", ", multiplexer.GetEndPoints(configuredOnly: true).Select(Address))}");
                }
            }

            await Task.Delay(AskAgain, stoppingToken);
        }
    }

    private static string Address(System.Net.EndPoint? endPoint) => endPoint is null ? "unknown address" : EndPointCollection.ToString(endPoint);
}
