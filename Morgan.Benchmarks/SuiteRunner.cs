using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks;

/// <summary>Runs suites one after the other and prints what they find.</summary>
internal static class SuiteRunner
{
    /// <summary>Runs suites.</summary>
    /// <param name="suites">Which.</param>
    /// <param name="options">The command line.</param>
    /// <param name="output">Where the findings go, as Markdown.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="BenchmarkException">Something that a suite needs is not here.</exception>
    public static async Task RunAsync(IEnumerable<ISuite> suites, BenchmarkOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var suite in suites)
        {
            var (others, began) = (new OtherWork(), DateTimeOffset.UtcNow);
            var findings = await suite.MeasureAsync(options, cancellationToken);
            var report = new SuiteReport(
                suite.Name, suite.Section, suite.Title, suite.About, began, MachineFacts.Read(), others.Share(), findings.Versions, findings.Measurements);
            await output.WriteAsync(SuiteMarkdown.Of(report));
            if (options.WritesReport)
            {
                new PerformanceReport(Path.Combine(options.Root, "docs")).Write(report);
            }
        }
    }
}
