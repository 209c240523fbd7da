using System.Net;
using System.Net.Sockets;

namespace Morgan.Tests.Chaos.Machine;

/// <summary>Stands between a client and a server on loopback and holds answers back: for a time, or for ever.</summary>
internal sealed class SlowProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _end = new();
    private TimeSpan _delay;

    public SlowProxy(int serverPort)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where the client is to connect to.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>How long each answer is held back; <see cref="Timeout.InfiniteTimeSpan"/>: for ever, those on their way included.</summary>
    public TimeSpan Delay
    {
        get => _delay;
        set => _delay = value;
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(_server, _end.Token);
                await Task.WhenAny(PumpAsync(client, server, holdsBack: false), PumpAsync(server, client, holdsBack: true));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The server is down: so is the connection.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool holdsBack)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var read)
            {
                if (holdsBack && _delay != TimeSpan.Zero)
                {
                    await HoldAsync();
                }

                await to.SendAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side is gone, and so is the other.
        }
    }

    // Looks again while it is for ever, so that an end of it is noticed.
    private async Task HoldAsync()
    {
        while (_delay == Timeout.InfiniteTimeSpan)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), _end.Token);
        }

        await Task.Delay(_delay, _end.Token);
    }
}
