using System.Diagnostics;
using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>Ten times the load that the host can take: what is still answered, how soon the rest is refused, and in what memory.</summary>
internal sealed class OverloadSuite : ISuite
{
    private const int Repetitions = 3;
    private const int Times = 10;
    private const int PeakOfTheHost = 10 * LimitedHost.Places;
    private const int Connections = 1024;
    private const double Mega = 1024 * 1024;
    private static readonly TimeSpan PeakTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(15);

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
        var (peaks, goodput, refusals, refused, memory) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await PeakAsync(gateway);
        await OpenLoop.RunAsync(LoadRequest.Limited, gateway.Address, Connections, Times * PeakOfTheHost, PeakTime);
        var before = gateway.WorkingSet / Mega;
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var peak = await PeakAsync(gateway);
            var largest = LargestAsync(gateway, Time);
            var run = await OpenLoop.RunAsync(LoadRequest.Limited, gateway.Address, Connections, (int)(Times * peak), Time);
            peaks.Add(peak);
            goodput.Add(run.Answers.PerSecond / peak);
            refusals.Add(run.Refusals.P99);
            refused.Add(run.Refusals.PerSecond);
            memory.Add(await largest / Mega);
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

    private static async Task<double> PeakAsync(ServerProcess gateway) =>
        (await ClosedLoop.RunAsync(LoadRequest.Limited, gateway.Address, LimitedHost.Places, PeakTime)).PerSecond;

    private static async Task<long> LargestAsync(ServerProcess gateway, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var largest = 0L;
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            largest = Math.Max(largest, gateway.WorkingSet);
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        return largest;
    }
}
