namespace Morgan.Upstreams.Connections;

/// <summary>
/// Connections of hosts that a reload has changed or removed. Requests that began before it may still use them, so they
/// are closed when none of those can be left.
/// </summary>
internal sealed class RetiredConnections(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<HostConnection, ITimer> _timers = [];

    /// <param name="connection">Which.</param>
    /// <param name="after">The longest that a request may take.</param>
    public void Add(HostConnection connection, TimeSpan after)
    {
        lock (_gate)
        {
            _timers.Add(connection, time.CreateTimer(Close, connection, after, Timeout.InfiniteTimeSpan));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (connection, timer) in _timers)
            {
                timer.Dispose();
                connection.Dispose();
            }

            _timers.Clear();
        }
    }

    private void Close(object? state)
    {
        var connection = (HostConnection)state!;
        lock (_gate)
        {
            if (_timers.Remove(connection, out var timer))
            {
                timer.Dispose();
                connection.Dispose();
            }
        }
    }
}
