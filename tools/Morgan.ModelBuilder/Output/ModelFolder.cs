using Morgan.ModelBuilder.Encoder;
using Morgan.ModelBuilder.Onnx;
using Morgan.ModelBuilder.Package;
using Morgan.ModelBuilder.Tfjs;

namespace Morgan.ModelBuilder.Output;

/// <summary>A folder that the embedding service can serve: graph, tokenizer, licence, provenance.</summary>
internal static class ModelFolder
{
    /// <summary>Name of the graph's file.</summary>
    public const string GraphName = "model.onnx";

    /// <summary>Makes every file of the folder; the same package gives the same bytes.</summary>
    /// <exception cref="BuildException">The package does not hold the model.</exception>
    public static IReadOnlyList<ModelFile> Build(ModelPackage package, Precision precision)
    {
        List<ModelFile> files =
        [
            new ModelFile(GraphName, BuildGraph(package, precision)),
            .. TokenizerFiles.Build(File.ReadAllBytes(Path.Combine(package.ModelFolder, "vocab.json"))),
            new ModelFile("LICENSE", File.ReadAllBytes(Path.Combine(package.Folder, "LICENSE"))),
        ];
        files.Add(Provenance.Describe(precision, files));
        return files;
    }

    /// <summary>Makes only the graph.</summary>
    /// <exception cref="BuildException">The package does not hold the model.</exception>
    public static byte[] BuildGraph(ModelPackage package, Precision precision)
    {
        var weights = EncoderWeights.From(TfjsWeights.Load(package.ModelFolder));
        var graph = precision == Precision.Int8 ? FusedInt8Graph.Build(weights) : ReferenceGraph.Build(weights);
        var model = new OnnxModel(graph)
        {
            // Part of the file, so part of the model's fingerprint: changing it would make every cached vector stale.
            Producer = "use-to-onnx",
            Metadata =
            [
                new("source", $"npm {PackageIdentity.Name} {PackageIdentity.Version}"),
                new("license", "Apache-2.0"),
                new("max_tokens", $"{EncoderWeights.MaxTokens}"),
            ],
        };
        return model.ToBytes();
    }

    /// <summary>Writes the files, replacing what is there under their names.</summary>
    public static void Write(string folder, IEnumerable<ModelFile> files)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in files)
        {
            File.WriteAllBytes(Path.Combine(folder, file.Name), file.Content);
        }
    }

    /// <summary>Compares a folder with the files that belong there.</summary>
    /// <returns>A line for each file that is missing or different; none if the folder is right.</returns>
    public static IReadOnlyList<string> Differences(string folder, IEnumerable<ModelFile> files)
    {
        var differences = new List<string>();
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path))
            {
                differences.Add($"{file.Name}: missing, expected sha256 {file.Sha256}");
            }
            else if (new ModelFile(file.Name, File.ReadAllBytes(path)).Sha256 is var found && found != file.Sha256)
            {
                differences.Add($"{file.Name}: sha256 {found}, expected {file.Sha256}");
            }
        }

        return differences;
    }
}
