using System.Diagnostics;

namespace Morgan.Benchmarks.Gateway.Load;

/// <summary>Connections that each send the next request when the last is answered: how much a server can do.</summary>
internal static class ClosedLoop
{
    /// <summary>Loads <paramref name="server"/> for a time.</summary>
    public static Task<LoadResult> RunAsync(LoadRequest request, Uri server, int connections, TimeSpan duration) =>
        RunAsync([.. Enumerable.Repeat(request, connections)], server, duration);

    /// <summary>Loads <paramref name="server"/> for a time, with a connection for each of <paramref name="requests"/>.</summary>
    public static async Task<LoadResult> RunAsync(IReadOnlyList<LoadRequest> requests, Uri server, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(requests.Select(request => Task.Run(() => LoopAsync(request, server, began, duration))));
        return LoadResult.Of([.. latencies.SelectMany(each => each)], Stopwatch.GetElapsedTime(began));
    }

    private static async Task<List<long>> LoopAsync(LoadRequest request, Uri server, long began, TimeSpan duration)
    {
        var latencies = new List<long>(64 * 1024);
        using var connection = await LoadConnection.OpenAsync(request, server);
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            var sent = Stopwatch.GetTimestamp();
            await connection.ExchangeAsync();
            latencies.Add(Stopwatch.GetElapsedTime(sent).Ticks);
        }

        return latencies;
    }
}
