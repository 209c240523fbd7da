using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Inference;

namespace Morgan.Benchmarks.Model;

/// <summary>One encoder graph, called over and over by one thread with the same batch.</summary>
internal sealed class EncoderCaller : IDisposable
{
    private const int Seed = 1;
    private const int FirstPiece = 6; // ids below stand for no text
    private const int Pieces = 8000;

    private static readonly string[] InputNames = ["input_ids", "attention_mask"];
    private static readonly string[] OutputNames = ["sentence_embedding"];

    private readonly RunOptions _run = new();
    private readonly InferenceSession _session;
    private OrtValue[] _inputs = [];

    /// <summary>Loads a graph with the options that the service uses.</summary>
    public EncoderCaller(string graph)
    {
        using var options = SessionSetup.ForCpu();
        _session = new InferenceSession(graph, options);
    }

    /// <summary>Makes the batch for the calls to come: random tokens, the same for every graph, no padding.</summary>
    public void Prepare(BatchShape shape)
    {
        DisposeInputs();
        var random = new Random(Seed);
        var ids = new long[shape.Texts * shape.Tokens];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = random.Next(FirstPiece, Pieces);
        }

        var mask = new long[ids.Length];
        Array.Fill(mask, 1);
        long[] dimensions = [shape.Texts, shape.Tokens];
        _inputs = [OrtValue.CreateTensorValueFromMemory(ids, dimensions), OrtValue.CreateTensorValueFromMemory(mask, dimensions)];
    }

    /// <summary>Calls the graph a number of times and returns the time of one call.</summary>
    public TimeSpan Time(int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            using var outputs = _session.Run(_run, InputNames, _inputs, OutputNames);
        }

        return Stopwatch.GetElapsedTime(start) / calls;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeInputs();
        _session.Dispose();
        _run.Dispose();
    }

    private void DisposeInputs()
    {
        foreach (var input in _inputs)
        {
            input.Dispose();
        }
    }
}
