using System.Net;
using System.Net.Sockets;

namespace Morgan.Benchmarks.Load;

/// <summary>Ports of this machine for servers that cannot choose one themselves.</summary>
internal static class Loopback
{
    /// <summary>One that nobody uses now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Returns when somebody listens.</summary>
    public static async Task UntilListenedAsync(int port)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }
    }
}
