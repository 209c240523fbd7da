using Microsoft.ML.OnnxRuntime;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Model;

/// <summary>The default model's shipped int8 graph against its float32 reference, shape by shape.</summary>
internal sealed class GraphSuite : ISuite
{
    private const int Blocks = 101;
    private const int WarmUpCalls = 10;
    private const double Milliseconds = 1000;

    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    public string Name => "graphs";

    public string Section => "Embeddings";

    public string Title => "Default model: shipped int8 graph against its float32 reference";

    public string About =>
        $"One caller, one thread, the service's own session options for both. A repetition is a block of calls of at least {Block.TotalMilliseconds:0} ms with the one graph and one with the other.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var graphs = await DefaultGraphs.FindAsync(options, cancellationToken);
        using var reference = new EncoderCaller(graphs.Reference);
        using var shipped = new EncoderCaller(graphs.Shipped);
        var shapes = new List<Measurement>();
        foreach (var shape in BatchShape.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            shapes.Add(await MeasureAsync(reference, shipped, shape));
        }

        var all = new Measurement("all shapes", "", [.. shapes.Select(shape => shape.Median)], Goal.AtLeast(3));
        return new SuiteFindings([.. shapes, all], new Dictionary<string, string> { ["ONNX Runtime"] = OrtEnv.Instance().GetVersionString() });
    }

    private static async Task<Measurement> MeasureAsync(EncoderCaller reference, EncoderCaller shipped, BatchShape shape)
    {
        var (referenceCalls, shippedCalls) = (CallsInABlock(reference, shape), CallsInABlock(shipped, shape));
        var (fast, slow) = await Pairs.MeasureAsync(
            Blocks, () => Task.FromResult(shipped.Time(shippedCalls).TotalSeconds), () => Task.FromResult(reference.Time(referenceCalls).TotalSeconds));
        return new Measurement($"{shape} (texts×tokens)", "", [.. slow.Zip(fast, (a, b) => a / b)], Goal.AtLeast(2.7))
        {
            Details = new Dictionary<string, double>
            {
                ["float32, ms"] = Measurement.MedianOf(slow) * Milliseconds,
                ["int8, ms"] = Measurement.MedianOf(fast) * Milliseconds,
                ["int8, tokens/s"] = shape.Texts * shape.Tokens / Measurement.MedianOf(fast),
            },
        };
    }

    private static int CallsInABlock(EncoderCaller caller, BatchShape shape)
    {
        caller.Prepare(shape);
        caller.Time(WarmUpCalls);
        return Math.Max(1, (int)(Block / caller.Time(WarmUpCalls)));
    }
}
