using Microsoft.AspNetCore.Builder;
using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;

namespace Morgan.Benchmarks.Gateway;

/// <summary>
/// The bytes that a request allocates in the gateway with everything on, and in a bare <see cref="HttpMessageInvoker"/>
/// proxy: both run in this process in front of the same host, one request at a time, and the whole process is counted, less
/// what client and host allocate without them. The gateway's telemetry listens to the whole process, so it starts last, and
/// client and host are counted again.
/// </summary>
internal static class AllocationMeasurement
{
    private const int Rounds = 5;

    /// <summary>Measures. The least of some rounds counts: what is more is a timer's, or the JIT's.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="requests">How often in each round.</param>
    /// <returns>Bytes a request: in the bare proxy, in the gateway.</returns>
    public static async Task<(double Proxy, double Gateway)> RunAsync(LoadRequest request, int requests = 2_000)
    {
        await using var host = await StartAsync("mock", null);
        var address = ServeCommand.AddressOf(host);
        await using var proxy = await StartAsync("invoker", address);
        var withoutProxy = await MeasureAsync(request, address, requests);
        var withProxy = await MeasureAsync(request, ServeCommand.AddressOf(proxy), requests);
        await using var gateway = await StartAsync("guarded", address);
        var withoutGateway = await MeasureAsync(request, address, requests);
        var withGateway = await MeasureAsync(request, ServeCommand.AddressOf(gateway), requests);
        return (withProxy - withoutProxy, withGateway - withoutGateway);
    }

    private static async Task<WebApplication> StartAsync(string kind, Uri? host)
    {
        var app = ServeCommand.Create(kind, host);
        await app.StartAsync();
        return app;
    }

    private static async Task<double> MeasureAsync(LoadRequest request, Uri server, int requests)
    {
        using var connection = await LoadConnection.OpenAsync(request, server);
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < requests; i++)
            {
                await connection.ExchangeAsync();
            }

            least = Math.Min(least, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / requests);
        }

        return least;
    }
}
