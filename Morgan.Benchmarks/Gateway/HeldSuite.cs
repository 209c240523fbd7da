using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>A thousand open streams for ten minutes: whether the gateway's memory grows.</summary>
internal sealed class HeldSuite : ISuite
{
    private const int Streams = 1000;
    private const double Mega = 1e6;
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private static readonly int SamplesAMinute = (int)(TimeSpan.FromMinutes(1) / Between);

    public string Name => "held";

    public string Section => "Gateway";

    public string Title => "Ten minutes of open streams";

    public string About =>
        $"{Streams:N0} streams at a time for {Time.TotalMinutes:0} minutes, each of {PacedHost.Events} events at {1 / PacedHost.Gap.TotalSeconds:0} a second and followed by another on the same connection. "
        + $"Every stream is checked to the last byte. Resident memory (RSS) of the gateway every {Between.TotalSeconds:0} s, with everything on, as above; growth is the median of the last minute over that of the third.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var host = await ServerProcess.StartAsync("paced", null);
        await using var morgan = await ServerProcess.StartAsync("guarded", host.Address);
        var load = PacedLoad.HoldAsync(LoadRequest.Paced, morgan.Address, Streams, Opening, Time);
        var samples = new List<double>();
        using var timer = new PeriodicTimer(Between);
        while (samples.Count < Time / Between && await timer.WaitForNextTickAsync(cancellationToken) && !load.IsCompleted)
        {
            samples.Add(morgan.WorkingSet / Mega);
        }

        var streams = await load;
        return new SuiteFindings(
            [
                new Measurement("Morgan: growth of RSS", "", [MedianOf(samples, 9) / MedianOf(samples, 2)], Goal.AtMost(1.05)),
                new Measurement("Morgan: RSS", "MB", samples, Goal.AtMost(200))
                {
                    Details = new Dictionary<string, double> { ["third minute, MB"] = MedianOf(samples, 2), ["last minute, MB"] = MedianOf(samples, 9), ["streams"] = streams },
                },
            ],
            new Dictionary<string, string>());
    }

    private static double MedianOf(List<double> samples, int minute) =>
        Measurement.MedianOf(samples.GetRange(minute * SamplesAMinute, SamplesAMinute - 1));
}
