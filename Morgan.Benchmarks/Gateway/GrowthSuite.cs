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
    private static readonly Case[] Hosts =
        [new("1 host", "hosts-1", 1), new("30 hosts", "hosts-30", 30), new("1,000 hosts", "hosts-1000", 1000), new("1,000 hosts, one in use", "standby-1000", 1000)];

    private static readonly Case[] Tenants =
        [new("1 tenant", "tenants-1", 1), new("100 tenants", "tenants-100", 100), new("10,000 tenants", "tenants-10000", 10_000)];

    private static readonly TimeSpan Run = TimeSpan.FromSeconds(1.5);

    public string Name => "growth";

    public string Section => "Gateway";

    public string Title => "Many hosts, many tenants";

    public string About =>
        $"Processor time that a whole answer costs Morgan with many hosts (all of them the same one, which is asked for its health once an hour), and with many tenants, each with a key and limits, of which {Connections} ask at the same time. "
        + "With one in use the others are of a lower priority: it tells what it costs to have many from what it costs to use many, each with connections of its own. "
        + "Each is a process of its own, and their runs take turns.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var host = await ServerProcess.StartAsync("mock", null);
        return new SuiteFindings(
            [
                .. await MeasureAsync(Hosts, host.Address, (_, _) => LoadRequest.Whole, cancellationToken),
                .. await MeasureAsync(Tenants, host.Address, (tenants, i) => LoadRequest.Whole with { Key = MorganGateway.KeyOf(i % tenants) }, cancellationToken),
            ],
            new Dictionary<string, string>());
    }

    private static async Task<IEnumerable<Measurement>> MeasureAsync(
        Case[] cases, Uri host, Func<int, int, LoadRequest> request, CancellationToken cancellationToken)
    {
        var servers = new List<MeasuredServer>();
        try
        {
            foreach (var (name, kind, _) in cases)
            {
                servers.Add(new MeasuredServer(name, await ServerProcess.StartAsync(kind, host)));
            }

            for (var repetition = -WarmUps; repetition < Repetitions; repetition++)
            {
                for (var i = 0; i < cases.Length; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var count = cases[i].Count;
                    await servers[i].LoadAsync([.. Enumerable.Range(0, Connections).Select(connection => request(count, connection * Math.Max(1, count / Connections)))], Run);
                }
            }

            var few = servers[0].Processor.Skip(WarmUps);
            return
            [
                .. servers.Skip(1).Select(server => new Measurement(
                    $"processor time an answer, {server.Name} over {cases[0].Name}", "", [.. server.Processor.Skip(WarmUps).Zip(few, (many, one) => many / one)], Goal.AtMost(1.1))),
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

    private sealed record Case(string Name, string Kind, int Count);
}
