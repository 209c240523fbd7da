using System.Net;
using System.Net.Sockets;

namespace Morgan.Tests;

/// <summary>Stands between a client and a server on loopback: can be cut, and can hold answers back for a time or for ever.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _delay;
    private bool _isCut;

    /// <param name="target">The server's port.</param>
    public FaultProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the client is to connect to.</summary>
    public string ConnectionString => _listener.LocalEndpoint.ToString()!;

    /// <summary>How long each piece is held back on its way to the client; <see cref="Timeout.InfiniteTimeSpan"/>: until this is changed.</summary>
    public TimeSpan Delay
    {
        set
        {
            lock (_gate)
            {
                _delay = value;
                _changed.SetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Ends all connections and refuses new ones.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            _sockets.ForEach(socket => socket.Dispose());
            _sockets.Clear();
        }
    }

    /// <summary>Takes connections again.</summary>
    public void Mend()
    {
        lock (_gate)
        {
            _isCut = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private static bool IsEnd(Exception e) => e is OperationCanceledException or SocketException or ObjectDisposedException;

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                served.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            await Task.WhenAll(served);
        }
    }

    // When one side ends, so does the other; so does the client when the server is down.
    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                if (Keep(client, server))
                {
                    await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                    await Task.WhenAny(PumpAsync(client, server, holdsBack: false), PumpAsync(server, client, holdsBack: true));
                }
            }
            catch (Exception e) when (IsEnd(e))
            {
                // cut, or over
            }
        }
    }

    private bool Keep(Socket client, Socket server)
    {
        lock (_gate)
        {
            if (!_isCut)
            {
                _sockets.AddRange([client, server]);
            }

            return !_isCut;
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool holdsBack)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
            {
                if (holdsBack)
                {
                    await HoldAsync();
                }

                await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // cut, or over
        }
    }

    private async Task HoldAsync()
    {
        while (true)
        {
            TimeSpan delay;
            Task changed;
            lock (_gate)
            {
                (delay, changed) = (_delay, _changed.Task);
            }

            if (delay != Timeout.InfiniteTimeSpan)
            {
                await Task.Delay(delay, _stop.Token);
                return;
            }

            await changed.WaitAsync(_stop.Token);
        }
    }
}
