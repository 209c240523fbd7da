using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>Ten times the load that the host can take: what is still answered, how soon the rest is refused, and in what memory.</summary>
internal sealed class OverloadSuite : ISuite
{
    private const int Repetitions = 3;
    private const int Times = 10;
    private const int MostUnderWay = 8192;
    private const double Mega = 1024 * 1024;
    private static readonly TimeSpan PeakTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public string Name => "overload";

    public string Section => "Gateway";

    public string Title => "Overload";

    public string About =>
        $"A host that works at {LimitedHost.Places} answers at once, 100 ms each, and sends one more away with 429; Morgan with the same `MaxConcurrency` and a queue of {2 * LimitedHost.Places}, in a process of its own. "
        + $"Peak is what {LimitedHost.Places} clients get that ask again as soon as they are answered. Then requests come at {Times} times that rate for {Time.TotalSeconds:0} s, whatever the answers do.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var host = await ServerProcess.StartAsync("limited", null);
        await using var gateway = await ServerProcess.StartAsync("overloaded", host.Address);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = MostUnderWay, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1) })
        {
            BaseAddress = gateway.Address,
            Timeout = TimeSpan.FromMinutes(1),
        };
        var (goodput, refusals, memory) = (new List<double>(), new List<double>(), new List<double>());
        var (peaks, refused) = (new List<double>(), new List<double>());
        await PeakAsync(client, cancellationToken);
        var before = gateway.WorkingSet / Mega;
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var peak = await PeakAsync(client, cancellationToken);
            var run = await OverloadAsync(client, (int)(Times * peak), gateway, cancellationToken);
            peaks.Add(peak);
            goodput.Add(run.Good / peak);
            refusals.Add(run.RefusalP99);
            refused.Add(run.Refused);
            memory.Add(run.WorkingSet);
        }

        return new SuiteFindings(
            [
                new Measurement("answers a second at ten times the load, over the peak", "", goodput, Goal.AtLeast(0.8))
                {
                    Details = new Dictionary<string, double> { ["peak /s"] = Measurement.MedianOf(peaks), ["refused /s"] = Measurement.MedianOf(refused) },
                },
                new Measurement("refusals, p99", "ms", refusals, Goal.AtMost(5)),
                new Measurement("largest memory under overload", "MiB", memory) { Details = new Dictionary<string, double> { ["before, MiB"] = before } },
            ],
            new Dictionary<string, string>());
    }

    private static async Task<double> PeakAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, LimitedHost.Places).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(began) < PeakTime)
            {
                if (await AskAsync(client, cancellationToken) == HttpStatusCode.OK)
                {
                    Interlocked.Increment(ref answered);
                }
            }
        }));
        return answered / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<(double Good, double Refused, double RefusalP99, double WorkingSet)> OverloadAsync(
        HttpClient client, int perSecond, ServerProcess gateway, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var underWay = new ConcurrentDictionary<Task, bool>();
        var refusals = new ConcurrentQueue<long>();
        var (good, sent, largest) = (0, 0L, 0L);
        while (Stopwatch.GetElapsedTime(began) is var elapsed && elapsed < Time)
        {
            for (var due = (long)(elapsed.TotalSeconds * perSecond); sent < due && underWay.Count < MostUnderWay; sent++)
            {
                var request = SendAsync();
                underWay[request] = true;
                _ = request.ContinueWith(ended => underWay.TryRemove(ended, out _), TaskScheduler.Default);
            }

            largest = Math.Max(largest, gateway.WorkingSet);
            await Task.Delay(Tick, cancellationToken);
        }

        await Task.WhenAll(underWay.Keys);
        var seconds = Time.TotalSeconds;
        return (good / seconds, refusals.Count / seconds, LoadResult.Of([.. refusals], Time).P99, largest / Mega);

        async Task SendAsync()
        {
            var from = Stopwatch.GetTimestamp();
            var status = await AskAsync(client, cancellationToken);
            if (status != HttpStatusCode.OK)
            {
                refusals.Enqueue(Stopwatch.GetElapsedTime(from).Ticks);
            }
            else if (Stopwatch.GetElapsedTime(began) <= Time)
            {
                Interlocked.Increment(ref good);
            }
        }
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var content = new StringContent(LoadRequest.Whole.Body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, cancellationToken);
        return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
            ? response.StatusCode
            : throw new BenchmarkException($"the gateway answered {(int)response.StatusCode}");
    }
}
