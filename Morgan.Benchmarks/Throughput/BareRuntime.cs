using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Inference;

namespace Morgan.Benchmarks.Throughput;

/// <summary>
/// The shipped graph in ONNX Runtime and nothing around it: a thread for each core, each running tokens that are ready
/// in memory, into an output that is there already.
/// </summary>
internal sealed class BareRuntime : IDisposable
{
    private const int Dimensions = 512;

    private static readonly string[] InputNames = ["input_ids", "attention_mask"];
    private static readonly string[] OutputNames = ["sentence_embedding"];

    private readonly InferenceSession _session;

    /// <summary>Opens a graph with the options that the service uses.</summary>
    public BareRuntime(string graph)
    {
        using var options = SessionSetup.ForCpu();
        _session = new InferenceSession(graph, options);
    }

    /// <summary>Runs every text, several of neighbouring places in each run.</summary>
    public void Run(int[][] texts, int textsPerRun)
    {
        var next = -1;
        var threads = new Thread[Environment.ProcessorCount];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true };
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        void Work()
        {
            var output = new float[textsPerRun * Dimensions];
            using var options = new RunOptions();
            while (Interlocked.Increment(ref next) * textsPerRun is var from && from < texts.Length)
            {
                Run(options, texts.AsSpan(from, Math.Min(textsPerRun, texts.Length - from)), output);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private void Run(RunOptions options, ReadOnlySpan<int[]> texts, float[] vectors)
    {
        var length = 1;
        foreach (var text in texts)
        {
            length = Math.Max(length, text.Length);
        }

        var (ids, mask) = (new long[texts.Length * length], new long[texts.Length * length]);
        for (var row = 0; row < texts.Length; row++)
        {
            for (var i = 0; i < texts[row].Length; i++)
            {
                (ids[(row * length) + i], mask[(row * length) + i]) = (texts[row][i], 1);
            }
        }

        long[] shape = [texts.Length, length];
        using var idTensor = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskTensor = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var output = OrtValue.CreateTensorValueFromMemory<float>(
            OrtMemoryInfo.DefaultInstance, vectors.AsMemory(0, texts.Length * Dimensions), [texts.Length, Dimensions]);
        _session.Run(options, InputNames, [idTensor, maskTensor], OutputNames, [output]);
    }
}
