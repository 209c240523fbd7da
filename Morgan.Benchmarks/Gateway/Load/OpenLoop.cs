using System.Diagnostics;
using System.Threading.Channels;

namespace Morgan.Benchmarks.Gateway.Load;

/// <summary>
/// Requests that come at a constant rate, whether the last were answered or not: what a server adds. Each latency is
/// counted from the moment at which the request was due, so that a server that makes the load wait does not hide it
/// (coordinated omission). The moments are evenly spaced, as far as the system's sleep tells them apart.
/// </summary>
internal static class OpenLoop
{
    private static readonly TimeSpan LongestTail = TimeSpan.FromSeconds(30);

    /// <summary>Loads <paramref name="server"/> for a time.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="server">Whom.</param>
    /// <param name="connections">How many requests can be under way; the others wait, and their wait counts.</param>
    /// <param name="perSecond">The rate.</param>
    /// <param name="duration">How long requests come.</param>
    /// <returns>What was answered, and what was refused.</returns>
    public static async Task<(LoadResult Answers, LoadResult Refusals)> RunAsync(LoadRequest request, Uri server, int connections, int perSecond, TimeSpan duration)
    {
        var due = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var workers = new Task<(List<long> Answered, List<long> Refused)>[connections];
        for (var i = 0; i < connections; i++)
        {
            var connection = await LoadConnection.OpenAsync(request, server);
            workers[i] = Task.Run(() => WorkAsync(connection, due.Reader));
        }

        var began = Stopwatch.GetTimestamp();
        var clock = new Thread(() => Arrive(due.Writer, perSecond, duration)) { IsBackground = true, Priority = ThreadPriority.Highest };
        clock.Start();
        var latencies = await Task.WhenAll(workers).WaitAsync(duration + LongestTail);
        var elapsed = Stopwatch.GetElapsedTime(began);
        return (LoadResult.Of([.. latencies.SelectMany(each => each.Answered)], elapsed), LoadResult.Of([.. latencies.SelectMany(each => each.Refused)], elapsed));
    }

    private static async Task<(List<long> Answered, List<long> Refused)> WorkAsync(LoadConnection connection, ChannelReader<long> due)
    {
        using var open = connection;
        var (answered, refused) = (new List<long>(16 * 1024), new List<long>());
        await foreach (var moment in due.ReadAllAsync())
        {
            var latencies = await open.ExchangeAsync() ? answered : refused;
            latencies.Add(Stopwatch.GetElapsedTime(moment).Ticks);
        }

        return (answered, refused);
    }

    private static void Arrive(ChannelWriter<long> due, int perSecond, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var count = (long)(duration.TotalSeconds * perSecond);
        for (var i = 0L; i < count; i++)
        {
            var moment = began + (long)((double)i / perSecond * Stopwatch.Frequency);
            while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), moment) is { Ticks: > 0 } left)
            {
                ShortSleep.For(left);
            }

            due.TryWrite(moment);
        }

        due.Complete();
    }
}
