using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Morgan.AppHost.Preflight;

/// <summary>Makes sure, before anything is started, that nobody else has the ports that Morgan is to be found at.</summary>
internal static class FreePorts
{
    private static readonly string[] DashboardKeys =
        ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <summary>Tries every fixed port of the application and of its dashboard.</summary>
    /// <exception cref="DistributedApplicationException">A port is taken; the message names it and who wants it.</exception>
    public static void Require(IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode || builder.Configuration.GetValue("DcpPublisher:RandomizePorts", false))
        {
            return;
        }

        var wanted = builder.Resources
            .SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(e => (e.Port, Who: r.Name)))
            .Concat(DashboardKeys.Select(k => (Port: PortOf(builder.Configuration[k]), Who: $"the dashboard, {k}")));
        foreach (var (port, who) in wanted)
        {
            if (port is { } number && !IsFree(number))
            {
                throw new DistributedApplicationException(
                    $"port {number} ({who}) is taken by another process. Stop that one (another Morgan?), or change the port in Properties/launchSettings.json.");
            }
        }
    }

    private static int? PortOf(string? urls) => Uri.TryCreate(urls?.Split(';')[0], UriKind.Absolute, out var url) ? url.Port : null;

    // Both loopback addresses: a client of "localhost" that tries ::1 first must not reach somebody else.
    private static bool IsFree(int port) =>
        IsFree(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, port));

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode == SocketError.AddressNotAvailable; // a machine whose loopback has no such address
        }
    }
}
