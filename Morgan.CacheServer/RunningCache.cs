using System.Net.Sockets;
using Garnet;
using Microsoft.Extensions.Logging;

namespace Morgan.CacheServer;

/// <summary>A cache that takes connections until it is disposed.</summary>
internal sealed class RunningCache : IDisposable
{
    private readonly GarnetServer _server;

    private RunningCache(GarnetServer server) => _server = server;

    /// <summary>Starts a cache; it is ready when this returns.</summary>
    /// <param name="options">Where it listens and how much it may hold.</param>
    /// <param name="loggers">Where Garnet's complaints go.</param>
    /// <exception cref="StartException">Its port is taken, or its address isn't one of this machine's.</exception>
    public static RunningCache Start(CacheOptions options, ILoggerFactory loggers)
    {
        GarnetServer? server = null;
        try
        {
            server = new GarnetServer(GarnetSettings.From(options), loggers);
            server.Start();
            return new RunningCache(server);
        }
        catch (Exception e) when (Explain(e, options) is { } message)
        {
            server?.Dispose();
            throw new StartException(message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private static string? Explain(Exception e, CacheOptions options)
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            switch ((at as SocketException)?.SocketErrorCode)
            {
                case SocketError.AddressAlreadyInUse:
                    return $"Cache:Port: {options.Port} is taken on {options.Address}; stop the other process or choose another port";
                case SocketError.AccessDenied:
                    return $"Cache:Port: this user may not listen on {options.Port}; choose a port above 1023";
                case SocketError.AddressNotAvailable:
                    return $"Cache:Address: {options.Address} is not an address of this machine";
                default:
                    continue;
            }
        }

        return null;
    }
}
