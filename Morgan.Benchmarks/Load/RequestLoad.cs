using System.Net;

namespace Morgan.Benchmarks.Load;

/// <summary>Clients of one server, each with a connection of its own, that send prepared requests one after the other.</summary>
internal sealed class RequestLoad : IDisposable
{
    private readonly RawConnection[] _connections;

    private RequestLoad(RawConnection[] connections) => _connections = connections;

    /// <summary>Connects the clients.</summary>
    public static async Task<RequestLoad> OpenAsync(Uri server, int clients, CancellationToken cancellationToken)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, server.Port);
        var connections = new RawConnection[clients];
        for (var i = 0; i < clients; i++)
        {
            connections[i] = await RawConnection.OpenAsync(endPoint, cancellationToken);
        }

        return new RequestLoad(connections);
    }

    /// <summary>Sends every request once.</summary>
    public Task SendAsync(IReadOnlyList<byte[]> requests, CancellationToken cancellationToken) =>
        SendAsync(requests, requests.Count, cancellationToken);

    /// <summary>Sends so many requests, those of the list over and over.</summary>
    public async Task SendAsync(IReadOnlyList<byte[]> requests, int count, CancellationToken cancellationToken)
    {
        var next = -1;
        async Task ClientAsync(RawConnection connection)
        {
            while (Interlocked.Increment(ref next) is var i && i < count)
            {
                await connection.SendAsync(requests[i % requests.Count], cancellationToken);
            }
        }

        await Task.WhenAll(_connections.Select(connection => Task.Run(() => ClientAsync(connection), cancellationToken)));
    }

    /// <summary>The body of the answer to one request.</summary>
    public async Task<byte[]> AnswerAsync(byte[] request, CancellationToken cancellationToken) =>
        (await _connections[0].SendAsync(request, cancellationToken)).ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }
}
