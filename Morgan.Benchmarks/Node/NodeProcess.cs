using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Morgan.Benchmarks.Node;

/// <summary>onnxruntime-node in a process of its own, its packages in a temporary folder; both gone when disposed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(5);
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
        await InstallAsync(cancellationToken);
        _process = Start("node", ["embed.mjs", sentencesFile, vocabulary, .. graphs.Select(graph => $"{graph.Name}={graph.File}")]);
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

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        // Without scripts: onnxruntime-node's would fetch what only GPUs need.
        using var npm = Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(InstallDeadline);
        try
        {
            npm.StandardInput.Close();
            await npm.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            if (!npm.HasExited)
            {
                npm.Kill(entireProcessTree: true);
            }
        }

        if (npm.ExitCode != 0)
        {
            throw new BenchmarkException("npm could not install onnxruntime-node");
        }
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

    // What goes wrong stands on the error stream, which is the benchmark's own.
    private Process Start(string executable, string[] arguments)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return Process.Start(start) ?? throw new BenchmarkException($"{executable} did not start");
        }
        catch (Win32Exception e)
        {
            throw new BenchmarkException($"{executable} cannot be started: {e.Message}");
        }
    }
}
