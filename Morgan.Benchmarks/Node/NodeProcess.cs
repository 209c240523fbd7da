using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Morgan.Benchmarks.Node;

/// <summary>onnxruntime-node in a process of its own, its packages in a temporary folder; both gone when disposed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("morgan-benchmark-node-");
    private Process? _process;

    /// <summary>The versions of Node and of ONNX Runtime in it.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; private set; } = new Dictionary<string, string>();

    /// <summary>Installs the packages, and starts Node with sentences and graphs.</summary>
    /// <exception cref="BenchmarkException">Node or npm is not here, or failed.</exception>
    public async Task StartAsync(string scripts, string[] sentences, string vocabulary, IEnumerable<(string Name, string File)> graphs, CancellationToken cancellationToken)
    {
        foreach (var file in new[] { "package.json", "embed.mjs" })
        {
            File.Copy(Path.Combine(scripts, file), Path.Combine(_folder.FullName, file));
        }

        var sentencesFile = Path.Combine(_folder.FullName, "sentences.json");
        await File.WriteAllTextAsync(sentencesFile, JsonSerializer.Serialize(sentences), cancellationToken);
        await Npm.InstallAsync(_folder.FullName, cancellationToken);
        _process = Npm.Start(_folder.FullName, "node", ["embed.mjs", sentencesFile, vocabulary, .. graphs.Select(graph => $"{graph.Name}={graph.File}")]);
        var versions = await AnswerAsync(cancellationToken);
        Versions = new Dictionary<string, string> { ["Node"] = (string)versions["node"]!, ["onnxruntime-node"] = (string)versions["onnxruntime"]! };
    }

    /// <summary>Embeds the sentences once.</summary>
    /// <param name="graph">The graph's name.</param>
    /// <param name="textsPerRun">1, or more: sorted by length first.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How long it took, and how many tokens there were.</returns>
    public async Task<(double Seconds, int Tokens)> EmbedAsync(string graph, int textsPerRun, CancellationToken cancellationToken)
    {
        await _process!.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { graph, batch = textsPerRun }).AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var answer = await AnswerAsync(cancellationToken);
        return ((double)answer["seconds"]!, (int)answer["tokens"]!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<JsonNode> AnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var line = await _process!.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(AnswerDeadline, cancellationToken);
            return line is null ? throw new BenchmarkException("node ended") : JsonNode.Parse(line)!;
        }
        catch (TimeoutException)
        {
            throw new BenchmarkException($"node did not answer within {AnswerDeadline.TotalMinutes:0} minutes");
        }
    }
}
