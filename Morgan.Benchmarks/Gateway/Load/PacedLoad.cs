using System.Diagnostics;

namespace Morgan.Benchmarks.Gateway.Load;

/// <summary>Many streams that are open at the same time, opened one after the other at a constant rate.</summary>
internal static class PacedLoad
{
    private static readonly TimeSpan LongestTail = TimeSpan.FromSeconds(60);

    /// <summary>Opens the streams and reads them to their ends.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="server">Whom.</param>
    /// <param name="streams">How many.</param>
    /// <param name="opening">How long it takes to open all of them.</param>
    /// <returns>Latencies of the first events, each from the moment at which its request was due, and gaps between events.</returns>
    public static async Task<(LoadResult First, LoadResult Gaps)> RunAsync(LoadRequest request, Uri server, int streams, TimeSpan opening)
    {
        var connections = new LoadConnection[streams];
        for (var i = 0; i < streams; i++)
        {
            connections[i] = await LoadConnection.OpenAsync(request, server);
        }

        var began = Stopwatch.GetTimestamp();
        var ended = connections.Select((connection, i) => Task.Run(() => ReadAsync(connection, began, opening * i / streams)));
        var read = await Task.WhenAll(ended).WaitAsync(opening + LongestTail);
        var elapsed = Stopwatch.GetElapsedTime(began);
        return (LoadResult.Of([.. read.Select(stream => stream.First)], elapsed), LoadResult.Of([.. read.SelectMany(stream => stream.Gaps)], elapsed));
    }

    /// <summary>Keeps as many streams open for a time: each that has ended is followed by another.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="server">Whom.</param>
    /// <param name="streams">How many.</param>
    /// <param name="opening">How long it takes to open all of them.</param>
    /// <param name="duration">How long new ones begin.</param>
    /// <returns>How many streams there were, all of them whole.</returns>
    public static async Task<int> HoldAsync(LoadRequest request, Uri server, int streams, TimeSpan opening, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var ended = Enumerable.Range(0, streams).Select(i => Task.Run(() => HoldAsync(request, server, began, opening * i / streams, duration)));
        return (await Task.WhenAll(ended).WaitAsync(duration + LongestTail)).Sum();
    }

    private static async Task<int> HoldAsync(LoadRequest request, Uri server, long began, TimeSpan due, TimeSpan duration)
    {
        await Task.Delay(due);
        using var connection = await LoadConnection.OpenAsync(request, server);
        var streams = 0;
        for (; Stopwatch.GetElapsedTime(began) < duration; streams++)
        {
            await connection.ExchangeAsync();
        }

        return streams;
    }

    private static async Task<(long First, IEnumerable<long> Gaps)> ReadAsync(LoadConnection connection, long began, TimeSpan due)
    {
        using var open = connection;
        if (due - Stopwatch.GetElapsedTime(began) is { } left && left > TimeSpan.Zero)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))); // it counts whole ones, and would be early
        }

        var arrivals = new List<long>(256);
        await open.ExchangeAsync(arrivals);
        var events = arrivals[..^2]; // [DONE], and the chunk that ends the body, come at once
        return ((Stopwatch.GetElapsedTime(began, events[0]) - due).Ticks, events.Zip(events.Skip(1), static (from, to) => Stopwatch.GetElapsedTime(from, to).Ticks));
    }
}
