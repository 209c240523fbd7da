using System.Diagnostics;
using Morgan.Tests.Chaos.Fuzz;
using Morgan.Tests.Chaos.Fuzz.Targets;

namespace Morgan.Tests.Chaos.Command;

/// <summary><c>chaos fuzz</c></summary>
internal static class FuzzCommand
{
    private const int Million = 1_000_000;
    private const double LongMinutes = 600;

    /// <summary>Fuzzes. 1: something was found.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--target", "--inputs", "--seed", "--minutes");
        var only = arguments.Text("--target");
        if (only is not null && !All.Targets.ContainsKey(only))
        {
            throw new FormatException($"--target {only} is not known; there are {string.Join(", ", All.Targets.Keys)}");
        }

        var seed = (int)arguments.Number("--seed", 1);
        var found = 0;
        Console.WriteLine("| target | inputs | seconds | findings |\n|---|---|---|---|");
        foreach (var (name, make) in All.Targets.Where(target => only is null || target.Key == only))
        {
            await using var target = await make();
            var began = Stopwatch.GetTimestamp();
            var (tried, findings) = await new FuzzRun(target, seed, target.AtOnce * Environment.ProcessorCount)
                .RunAsync((int)arguments.Number("--inputs", Million), TimeSpan.FromMinutes(arguments.Number("--minutes", LongMinutes)));
            Console.WriteLine($"| {name} | {tried} | {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} | {findings.Count} |");
            found += findings.Count;
            foreach (var finding in findings)
            {
                Console.WriteLine(finding);
            }
        }

        return found == 0 ? 0 : 1;
    }
}
