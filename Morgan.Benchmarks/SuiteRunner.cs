using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks;

/// <summary>Runs suites one after the other and prints what they find.</summary>
internal static class SuiteRunner
{
    private const double MostOfOthers = 0.15;

    /// <summary>Runs suites.</summary>
    /// <param name="suites">Which.</param>
    /// <param name="options">The command line.</param>
    /// <param name="output">Where the findings go, as Markdown.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Whether all of them could be run: one that lacks something, such as Node, says so and the next one runs.</returns>
    public static async Task<bool> RunAsync(IEnumerable<ISuite> suites, BenchmarkOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var all = true;
        foreach (var suite in suites)
        {
            var (others, began) = (new OtherWork(), DateTimeOffset.UtcNow);
            SuiteFindings findings;
            try
            {
                findings = await suite.MeasureAsync(options, cancellationToken);
            }
            catch (BenchmarkException e)
            {
                all = false;
                await output.WriteLineAsync($"{suite.Name}: {e.Message}\n");
                continue;
            }

            var report = new SuiteReport(
                suite.Name, suite.Section, suite.Title, suite.About, began, MachineFacts.Read(),
                findings.IsTimed ? findings.OthersShare ?? others.Share() : null, findings.Versions, findings.Measurements);
            var committed = new PerformanceReport(Path.Combine(options.Root, "docs"), suite.Page);
            await output.WriteAsync(SuiteMarkdown.Of(report));
            if (options.Compares && committed.Find(suite.Name) is { } before)
            {
                await output.WriteAsync(Comparison.Of(before, report));
            }

            if (options.WritesReport && report.OthersShare > MostOfOthers)
            {
                await output.WriteLineAsync($"Not written to docs/{suite.Page}.md: other processes took more than {MostOfOthers:0 %} of the machine.\n");
            }
            else if (options.WritesReport)
            {
                committed.Write(report);
            }
        }

        return all;
    }
}
