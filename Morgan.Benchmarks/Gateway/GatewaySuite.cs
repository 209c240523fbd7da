using System.Globalization;
using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>
/// The same load on a host directly, on proxies that do nothing else, and on Morgan in front of it, each in a process of
/// its own. The runs of the servers take turns, so that whatever else the machine does concerns all of them. All are started
/// several times: which code the runtime compiles how, and with it the answers a second, is another one each time.
/// </summary>
/// <param name="name">The suite's name.</param>
/// <param name="title">Its heading.</param>
/// <param name="request">What is asked.</param>
/// <param name="overNginx">How much of nginx's answers a second Morgan ought to give.</param>
internal sealed class GatewaySuite(string name, string title, LoadRequest request, double overNginx) : ISuite
{
    private const int Starts = 3;
    private const int Repetitions = 3;
    private const int Connections = 16;
    private const int OpenConnections = 256;
    private const double OverYarp = 1.2;
    private const double OverPortkey = 15;
    private const int MostWarmUps = 15;
    private const double StillGrows = 1.03;
    private static readonly TimeSpan Run = TimeSpan.FromSeconds(2);

    public string Name => name;

    public string Section => "Gateway";

    public string Title => title;

    public string About =>
        $"{(request.IsStream ? "An answer is a stream of fifty events and `[DONE]`, each flushed for itself" : $"An answer is a chat completion of {request.AnswerLength} bytes")}; the host sends it at once. "
        + "Host, gateway and load share the machine; each server is a process of its own, their runs take turns, and all of them are started anew after every third. Every answer is checked to the last byte: one that is wrong or incomplete ends the run. "
        + "Morgan has keys, limits of the tenant, metering, metrics and traces of one request in a hundred on. A server is warm when two runs in a row were no faster than the best before. "
        + $"Answers a second are those of {Connections} connections that ask again as soon as they are answered; beside them stands the time that the server's threads have spent on processors, which depends less on what else a shared machine does. "
        + "Latencies are those of requests that come at a constant rate, half of what Morgan could answer, whatever the answers do, each from the moment at which it was due: no omission is coordinated"
        + $"{(request.IsStream ? "." : "; Portkey could not keep up with it.")}";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var runs = new List<ServerSet>();
        var rate = 0;
        for (var start = 0; start < Starts; start++)
        {
            await using var servers = await ServerSet.StartAsync(request);
            var best = await WarmUpAsync(servers, cancellationToken);
            rate = rate == 0 ? (int)best / 2 : rate;
            await LoadAsync(servers, rate, cancellationToken);
            runs.Add(servers);
        }

        return new SuiteFindings([.. Ratios(runs), .. Throughputs(runs), .. Latencies(runs, rate), .. Added(runs)], VersionsOf(runs[0]));
    }

    private async Task LoadAsync(ServerSet servers, int rate, CancellationToken cancellationToken)
    {
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            foreach (var server in servers.All)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var its = request with { Headers = server.Headers };
                await server.LoadAsync(its, Connections, Run);
                if (server != servers.Portkey)
                {
                    server.Open.Add((await OpenLoop.RunAsync(its, server.Process.Address, OpenConnections, rate, Run)).Answers);
                }
            }
        }
    }

    private static Dictionary<string, string> VersionsOf(ServerSet servers)
    {
        var versions = new Dictionary<string, string> { ["YARP"] = Versions.Of(typeof(global::Yarp.ReverseProxy.Configuration.RouteConfig)) };
        if (servers.Portkey is not null)
        {
            versions.Add("Portkey", Portkey.Version);
        }

        return versions;
    }

    // The last one's, which is Morgan, answers a second.
    private async Task<double> WarmUpAsync(ServerSet servers, CancellationToken cancellationToken)
    {
        var best = 0.0;
        foreach (var server in servers.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            best = await WarmUpAsync(server);
        }

        return best;
    }

    // The runtime compiles the code of a path again and again while it grows hot: until that no longer shows twice in a row.
    private async Task<double> WarmUpAsync(MeasuredServer server)
    {
        var best = 0.0;
        var flat = 0;
        for (var run = 0; run < MostWarmUps && flat < 2; run++)
        {
            var now = (await ClosedLoop.RunAsync(request with { Headers = server.Headers }, server.Process.Address, Connections, Run)).PerSecond;
            flat = now < best * StillGrows ? flat + 1 : 0;
            best = Math.Max(best, now);
        }

        return best;
    }

    private IEnumerable<Measurement> Ratios(List<ServerSet> runs)
    {
        yield return Ratio(runs, set => set.Yarp, Goal.AtLeast(OverYarp));
        if (runs[0].Nginx is not null)
        {
            yield return Ratio(runs, set => set.Nginx!, Goal.AtLeast(overNginx));
        }

        if (runs[0].Portkey is not null)
        {
            yield return Ratio(runs, set => set.Portkey!, Goal.AtLeast(OverPortkey));
        }

        yield return Ratio(runs, set => set.Bare, null);
        yield return Processor(runs, set => set.Yarp);
        yield return Processor(runs, set => set.Bare);
    }

    private static Measurement Ratio(List<ServerSet> runs, Func<ServerSet, MeasuredServer> other, Goal? goal) => new(
        $"answers a second, Morgan over {other(runs[0]).Name}",
        "",
        [.. runs.SelectMany(set => set.Morgan.Closed.Zip(other(set).Closed, (ours, its) => ours.PerSecond / its.PerSecond))],
        goal);

    private static Measurement Processor(List<ServerSet> runs, Func<ServerSet, MeasuredServer> other) => new(
        $"processor time an answer, Morgan over {other(runs[0]).Name}",
        "",
        [.. runs.SelectMany(set => set.Morgan.Processor.Zip(other(set).Processor, (ours, its) => ours / its))]);

    private static IEnumerable<Measurement> Throughputs(List<ServerSet> runs) =>
        runs[0].All.Select((server, i) => new Measurement(
            $"{server.Name}: answers", "/s", [.. runs.SelectMany(set => set.All[i].Closed).Select(run => run.PerSecond)])
        {
            Details = new Dictionary<string, double>
            {
                ["p99 ms"] = Measurement.MedianOf(runs.SelectMany(set => set.All[i].Closed).Select(run => run.P99)),
                ["processor µs"] = Measurement.MedianOf(runs.SelectMany(set => set.All[i].Processor)),
                ["memory MiB"] = Measurement.MedianOf(runs.SelectMany(set => set.All[i].Memory)),
            },
        });

    private static IEnumerable<Measurement> Latencies(List<ServerSet> runs, int rate) =>
        from i in Enumerable.Range(0, runs[0].All.Count)
        where runs[0].All[i].Open.Count > 0
        let open = runs.SelectMany(set => set.All[i].Open)
        select new Measurement(
            string.Create(CultureInfo.InvariantCulture, $"{runs[0].All[i].Name}: p50 at {rate:N0}/s"), "ms", [.. open.Select(run => run.P50)])
        {
            Details = new Dictionary<string, double>
            {
                ["p99 ms"] = Measurement.MedianOf(open.Select(run => run.P99)),
                ["p99.9 ms"] = Measurement.MedianOf(open.Select(run => run.P999)),
            },
        };

    private static IEnumerable<Measurement> Added(List<ServerSet> runs)
    {
        yield return new Measurement("Morgan: p50 over the host directly", "ms", Difference(runs, run => run.P50), Goal.AtMost(0.35));
        yield return new Measurement("Morgan: p99 over the host directly", "ms", Difference(runs, run => run.P99), Goal.AtMost(1));
    }

    private static double[] Difference(List<ServerSet> runs, Func<LoadResult, double> figure) =>
        [.. runs.SelectMany(set => set.Morgan.Open.Zip(set.Direct.Open, (ours, its) => figure(ours) - figure(its)))];
}
