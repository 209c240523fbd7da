using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Benchmarks.Throughput;

/// <summary>
/// The shipped graph in ONNX Runtime and nothing around it: threads that run tokens that are ready in memory, into an
/// output that is there already.
/// </summary>
internal sealed class BareRuntime : IDisposable
{
    private const int Dimensions = 512;
    private const int MaxTokens = 128;

    private static readonly string[] InputNames = ["input_ids", "attention_mask"];
    private static readonly string[] OutputNames = ["sentence_embedding"];

    private readonly ITokenizer _tokenizer = TokenizerLoader.Load(ModelSource.ShippedFolder);
    private readonly RunOptions _options = new();
    private readonly float[] _vector = new float[Dimensions];
    private readonly InferenceSession _session;

    /// <summary>Opens the graph with the options that the service uses.</summary>
    public BareRuntime()
    {
        using var options = SessionSetup.ForCpu();
        _session = new InferenceSession(Path.Combine(ModelSource.ShippedFolder, "model.onnx"), options);
    }

    /// <summary>The tokens of texts.</summary>
    public int[][] Tokenize(string[] texts)
    {
        using var buffer = new TokenBuffer();
        var tokens = new int[texts.Length][];
        for (var i = 0; i < texts.Length; i++)
        {
            buffer.Clear();
            _tokenizer.Encode(texts[i], buffer, MaxTokens);
            tokens[i] = buffer.Ids.ToArray();
        }

        return tokens;
    }

    /// <summary>Runs every text by itself, on so many threads.</summary>
    public void Run(int[][] texts, int threads)
    {
        var next = -1;
        var workers = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            workers[i] = new Thread(Work) { IsBackground = true };
            workers[i].Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        void Work()
        {
            var vector = new float[Dimensions];
            using var options = new RunOptions();
            while (Interlocked.Increment(ref next) is var i && i < texts.Length)
            {
                Run(options, texts[i], vector);
            }
        }
    }

    /// <summary>Runs one text on this thread, and says how long it took.</summary>
    public TimeSpan Time(int[] text)
    {
        var began = Stopwatch.GetTimestamp();
        Run(_options, text, _vector);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }

    private void Run(RunOptions options, int[] text, float[] vector)
    {
        var (ids, mask) = (new long[text.Length], new long[text.Length]);
        for (var i = 0; i < text.Length; i++)
        {
            (ids[i], mask[i]) = (text[i], 1);
        }

        long[] shape = [1, text.Length];
        using var idTensor = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskTensor = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var output = OrtValue.CreateTensorValueFromMemory<float>(OrtMemoryInfo.DefaultInstance, vector, [1, Dimensions]);
        _session.Run(options, InputNames, [idTensor, maskTensor], OutputNames, [output]);
    }
}
