using Microsoft.ML.OnnxRuntime;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Model;
using Morgan.Benchmarks.Reporting;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Benchmarks.Node;

/// <summary>Sentences to vectors, tokenising included, against onnxruntime-node with a JavaScript tokenizer.</summary>
internal sealed class NodeSuite : ISuite
{
    private const int Repetitions = 5;
    private const int TextsPerRun = 8;
    private const string Float32 = "fp32";
    private const string Int8 = "int8";

    private static readonly int[] NodeBatches = [8, 32];

    public string Name => "node";

    public string Section => "Embeddings";

    public string Title => "Sentences in process, against onnxruntime-node";

    public string About =>
        $"The sentences of STS-B dev, tokenising included, one by one or sorted by length in batches. Morgan: its tokenizer and engine with the shipped int8 graph, a thread for each core, {TextsPerRun} texts a sorted run. "
        + "Node: onnxruntime-node with the threads that it chooses, the model's own JavaScript tokenizer, and of several batch sizes the one that was best for the graph.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var graphs = await DefaultGraphs.FindAsync(options, cancellationToken);
        var sentences = StsbSentences.Read(options);
        var tokenizer = TokenizerLoader.Load(ModelSource.ShippedFolder);
        using var node = new NodeProcess();
        await node.StartAsync(
            Path.Combine(options.Root, "Morgan.Benchmarks", "Node"), sentences, graphs.Vocabulary, [(Float32, graphs.Reference), (Int8, graphs.Shipped)], cancellationToken);
        using var int8 = new InProcess(sentences, tokenizer, graphs.Shipped);
        await AgreeAsync(int8, node, cancellationToken);
        var (best32, best8) = (await BestBatchAsync(node, Float32, [1, .. NodeBatches], cancellationToken), await BestBatchAsync(node, Int8, NodeBatches, cancellationToken));
        int8.Embed(TextsPerRun);

        Func<Task<double>> Node(string graph, int batch) => async () => sentences.Length / (await node.EmbedAsync(graph, batch, cancellationToken)).Seconds;
        Func<Task<double>> Morgan(int batch) => () => Pairs.PerSecondAsync(sentences.Length, () => Task.Run(() => int8.Embed(batch), cancellationToken));
        var speeds = await InTurnAsync(Repetitions, [Morgan(TextsPerRun), Node(Float32, best32), Node(Int8, best8), Morgan(1), Node(Int8, 1)]);
        Measurement[] measurements =
        [
            Compare("sorted; Node: the fp32 graph", Goal.AtLeast(3), speeds[0], speeds[1], best32),
            Compare("one by one; Node: the fp32 graph", null, speeds[3], speeds[1], best32),
            Compare("sorted; Node: the same int8 graph", Goal.AtLeast(1), speeds[0], speeds[2], best8),
            Compare("one by one; Node: the same int8 graph", Goal.AtLeast(1.15), speeds[3], speeds[4], 1),
        ];
        var versions = new Dictionary<string, string>(node.Versions) { ["ONNX Runtime"] = OrtEnv.Instance().GetVersionString() };
        return new SuiteFindings(measurements, versions);
    }

    // Both must have done the same work; this warms them up as well.
    private static async Task AgreeAsync(InProcess ours, NodeProcess node, CancellationToken cancellationToken)
    {
        var (_, theirs) = await node.EmbedAsync(Int8, 1, cancellationToken);
        if (ours.Embed(1) is var tokens && tokens != theirs)
        {
            throw new BenchmarkException($"the tokenizers differ: {tokens} tokens here, {theirs} in Node");
        }
    }

    // Repetition by repetition, there and back, so that whatever else the machine does falls on all.
    private static async Task<double[][]> InTurnAsync(int repetitions, Func<Task<double>>[] runs)
    {
        double[][] speeds = [.. runs.Select(_ => new double[repetitions])];
        for (var i = 0; i < repetitions; i++)
        {
            for (var k = 0; k < runs.Length; k++)
            {
                var which = i % 2 == 0 ? k : runs.Length - 1 - k;
                speeds[which][i] = await runs[which]();
            }
        }

        return speeds;
    }

    private static Measurement Compare(string name, Goal? goal, double[] ours, double[] theirs, int nodeBatch)
    {
        var measured = Measurement.Ratio(name, goal, ours, "Morgan, texts/s", theirs, "Node, texts/s");
        return measured with { Details = new Dictionary<string, double>(measured.Details) { ["Node, texts a run"] = nodeBatch } };
    }

    private static async Task<int> BestBatchAsync(NodeProcess node, string graph, IEnumerable<int> batches, CancellationToken cancellationToken)
    {
        var (best, least) = (1, double.MaxValue);
        foreach (var batch in batches)
        {
            if ((await node.EmbedAsync(graph, batch, cancellationToken)).Seconds is var seconds && seconds < least)
            {
                (best, least) = (batch, seconds);
            }
        }

        return best;
    }
}
