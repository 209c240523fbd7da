using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>Whether a request costs more where there are many hosts or many tenants.</summary>
internal sealed class GrowthSuite : ISuite
{
    private const int Repetitions = 7;
    private const int Connections = 64;
    private const int WarmUps = 5;
    private static readonly int[] Hosts = [1, 30, 1000];
    private static readonly int[] Tenants = [1, 100, 10_000];
    private static readonly TimeSpan Run = TimeSpan.FromSeconds(1.5);

    public string Name => "growth";

    public string Section => "Gateway";

    public string Title => "Many hosts, many tenants";

    public string About =>
        $"Processor time that a whole answer costs Morgan with many hosts (all of them the same one, which is asked for its health once an hour), and with many tenants, each with a key and limits, of which {Connections} ask at the same time. "
        + "Each is a process of its own, and their runs take turns.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var host = await ServerProcess.StartAsync("mock", null);
        return new SuiteFindings(
            [
                .. await MeasureAsync("hosts", Hosts, host.Address, (_, _) => LoadRequest.Whole, cancellationToken),
                .. await MeasureAsync("tenants", Tenants, host.Address, (tenants, i) => LoadRequest.Whole with { Key = MorganGateway.KeyOf(i % tenants) }, cancellationToken),
            ],
            new Dictionary<string, string>());
    }

    private static async Task<IEnumerable<Measurement>> MeasureAsync(
        string what, int[] counts, Uri host, Func<int, int, LoadRequest> request, CancellationToken cancellationToken)
    {
        var servers = new List<MeasuredServer>();
        try
        {
            foreach (var count in counts)
            {
                servers.Add(new MeasuredServer($"{count:N0} {what}", await ServerProcess.StartAsync($"{what}-{count}", host)));
            }

            for (var repetition = -WarmUps; repetition < Repetitions; repetition++)
            {
                for (var i = 0; i < counts.Length; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var count = counts[i];
                    await servers[i].LoadAsync([.. Enumerable.Range(0, Connections).Select(connection => request(count, connection * Math.Max(1, count / Connections)))], Run);
                }
            }

            var few = servers[0].Processor.Skip(WarmUps);
            return
            [
                .. servers.Skip(1).Select(server => new Measurement(
                    $"processor time an answer, {server.Name} over {counts[0]}", "", [.. server.Processor.Skip(WarmUps).Zip(few, (many, one) => many / one)], Goal.AtMost(1.1))),
                .. servers.Select(server => new Measurement($"{server.Name}: processor time an answer", "µs", [.. server.Processor.Skip(WarmUps)])
                {
                    Details = new Dictionary<string, double> { ["memory MiB"] = server.Process.WorkingSet / 1024.0 / 1024.0 },
                }),
            ];
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.Process.DisposeAsync();
            }
        }
    }
}
