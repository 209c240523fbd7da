using System.Net;
using System.Net.Sockets;

namespace Morgan.Upstreams.Connections;

/// <summary>Opens connections, but none to a link-local or metadata address, whatever a name resolves to.</summary>
public static class GuardedConnection
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="IOException">The name has no address that may be called.</exception>
    public static ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ConnectAsync(context.DnsEndPoint, Dns.GetHostAddressesAsync, allowAll: false, cancellationToken);
    }

    // The addresses are checked after the name was resolved, and it is those that are connected to: a name that points to
    // a metadata service, or does so on second thoughts, reaches nothing.
    internal static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint endpoint,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        bool allowAll,
        CancellationToken cancellationToken)
    {
        var addresses = await resolve(endpoint.Host, cancellationToken);
        var allowed = allowAll ? addresses : Array.FindAll(addresses, address => !AddressGuard.IsForbidden(address));
        if (allowed.Length == 0)
        {
            throw new IOException($"{endpoint.Host} has no address that may be called (link-local and metadata addresses may not)");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
