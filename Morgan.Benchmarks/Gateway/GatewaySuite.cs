using System.Globalization;
using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>
/// The same load on a host directly, on proxies that do nothing else, and on Morgan in front of it, each in a process of
/// its own. The runs of the servers take turns, so that whatever else the machine does concerns all of them.
/// </summary>
/// <param name="name">The suite's name.</param>
/// <param name="title">Its heading.</param>
/// <param name="request">What is asked.</param>
/// <param name="overNginx">How much of nginx's answers a second Morgan ought to give.</param>
internal sealed class GatewaySuite(string name, string title, LoadRequest request, double overNginx) : ISuite
{
    private const int Repetitions = 5;
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
        + "Host, gateway and load share the machine; each server is a process of its own, and their runs take turns. Every answer is checked to the last byte: one that is wrong or incomplete ends the run. "
        + "Morgan has keys, limits of the tenant, metering, metrics and traces of one request in a hundred on. A server is warm when two runs in a row were no faster than the best before. "
        + $"Answers a second are those of {Connections} connections that ask again as soon as they are answered; beside them stands the time that the server's threads have spent on processors, which depends less on what else a shared machine does. "
        + "Latencies are those of requests that come at a constant rate, half of what Morgan could answer, whatever the answers do, each from the moment at which it was due: no omission is coordinated"
        + $"{(request.IsStream ? "." : "; Portkey could not keep up with it.")}";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var servers = await ServerSet.StartAsync(request);
        var rate = 0;
        foreach (var server in servers.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rate = (int)(await WarmUpAsync(server)) / 2;
        }

        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            foreach (var server in servers.All)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var its = request with { Headers = server.Headers };
                await server.LoadAsync(its, Connections, Run);
                if (server != servers.Portkey)
                {
                    server.Open.Add((await OpenLoop.RunAsync(its, server.Process.Address, OpenConnections, Math.Max(1, rate), Run)).Answers);
                }
            }
        }

        return new SuiteFindings(
            [.. Ratios(servers), .. servers.All.Select(Throughput), .. servers.All.Where(server => server.Open.Count > 0).Select(server => Latency(server, rate)), .. Added(servers)],
            VersionsOf(servers));
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

    private IEnumerable<Measurement> Ratios(ServerSet servers)
    {
        yield return Ratio(servers.Morgan, servers.Yarp, Goal.AtLeast(OverYarp));
        if (servers.Nginx is { } nginx)
        {
            yield return Ratio(servers.Morgan, nginx, Goal.AtLeast(overNginx));
        }

        if (servers.Portkey is { } portkey)
        {
            yield return Ratio(servers.Morgan, portkey, Goal.AtLeast(OverPortkey));
        }

        yield return Ratio(servers.Morgan, servers.Bare, null);
        yield return Processor(servers.Morgan, servers.Yarp);
        yield return Processor(servers.Morgan, servers.Bare);
    }

    private static Measurement Ratio(MeasuredServer morgan, MeasuredServer other, Goal? goal) => new(
        $"answers a second, Morgan over {other.Name}", "", [.. morgan.Closed.Zip(other.Closed, (ours, its) => ours.PerSecond / its.PerSecond)], goal);

    private static Measurement Processor(MeasuredServer morgan, MeasuredServer other) => new(
        $"processor time an answer, Morgan over {other.Name}", "", [.. morgan.Processor.Zip(other.Processor, (ours, its) => ours / its)]);

    private static Measurement Throughput(MeasuredServer server) => new(
        $"{server.Name}: answers", "/s", [.. server.Closed.Select(run => run.PerSecond)])
    {
        Details = new Dictionary<string, double>
        {
            ["p99 ms"] = Measurement.MedianOf(server.Closed.Select(run => run.P99)),
            ["processor µs"] = Measurement.MedianOf(server.Processor),
            ["memory MiB"] = server.Process.WorkingSet / 1024.0 / 1024.0,
        },
    };

    private static Measurement Latency(MeasuredServer server, int rate) => new(
        string.Create(CultureInfo.InvariantCulture, $"{server.Name}: p50 at {rate:N0}/s"), "ms", [.. server.Open.Select(run => run.P50)])
    {
        Details = new Dictionary<string, double>
        {
            ["p99 ms"] = Measurement.MedianOf(server.Open.Select(run => run.P99)),
            ["p99.9 ms"] = Measurement.MedianOf(server.Open.Select(run => run.P999)),
        },
    };

    private static IEnumerable<Measurement> Added(ServerSet servers)
    {
        yield return new Measurement("Morgan: p50 over the host directly", "ms", Difference(servers, run => run.P50), Goal.AtMost(0.35));
        yield return new Measurement("Morgan: p99 over the host directly", "ms", Difference(servers, run => run.P99), Goal.AtMost(1));
    }

    private static double[] Difference(ServerSet servers, Func<LoadResult, double> figure) =>
        [.. servers.Morgan.Open.Zip(servers.Direct.Open, (ours, its) => figure(ours) - figure(its))];
}
