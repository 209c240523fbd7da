using Morgan.Tests.Chaos.Gateways;
using Morgan.Tests.Chaos.Matrix;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Chaos.Command;

/// <summary><c>chaos matrix</c></summary>
internal static class MatrixCommand
{
    private const int DefaultPort = 6101;

    /// <summary>Runs the matrix and writes its report.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--strategy", "--fault", "--quick", "--target", "--adapter", "--config", "--port", "--out");
        var (run, strategies) = arguments.Text("--target") is { } target ? External(new Uri(target), arguments) : InProcess(arguments);
        var cells = (arguments.Has("--quick") ? MatrixRun.Quick(strategies) : MatrixRun.All(strategies))
            .Where(cell => arguments.Text("--fault") is not { } fault || cell.Scenario.Name == fault).ToList();
        var results = await run.RunAsync(cells, Tell);

        var folder = Directory.CreateDirectory(arguments.Text("--out") ?? ".").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "matrix.md"), MatrixReport.Markdown(results));
        await File.WriteAllTextAsync(Path.Combine(folder, "matrix.json"), MatrixReport.Json(results));
        Console.WriteLine(MatrixReport.Totals(results));
        return results.All(result => result.Flaws.Count == 0) ? 0 : 1;
    }

    private static (MatrixRun Run, IReadOnlyList<string> Strategies) InProcess(Arguments arguments) =>
        (new MatrixRun(async (bench, strategy) => await MorganGateway.StartAsync(bench, strategy)),
            arguments.Text("--strategy") is { } one ? [one] : Strategies.All);

    // One strategy at a time: it is in the other gateway's configuration.
    private static (MatrixRun Run, IReadOnlyList<string> Strategies) External(Uri target, Arguments arguments)
    {
        var first = (int)arguments.Number("--port", DefaultPort);
        IAdapter adapter = arguments.Text("--adapter") switch
        {
            "morgan" => new MorganAdapter(),
            "portkey" => new PortkeyAdapter(),
            "nginx" => new NginxAdapter(),
            "yarp" => new YarpAdapter(),
            var other => throw new FormatException($"--adapter {other} is not known; there are morgan, portkey, nginx, yarp"),
        };
        return (
            new MatrixRun(
                async (bench, strategy) => await ExternalGateway.StartAsync(target, adapter, bench, strategy, arguments.Text("--config")),
                [first, first + 1, first + 2, first + 3]),
            [arguments.Text("--strategy") ?? Strategies.RoundRobin]);
    }

    private static void Tell(CellResult result)
    {
        if (result.Flaws.Count > 0)
        {
            Console.WriteLine($"{result.Cell}: {string.Join(", ", result.Flaws)}");
        }
    }
}
