using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Benchmarks.Node;

/// <summary>Morgan's tokenizer and engine as the service puts them together, without HTTP and cache: a thread for each core.</summary>
internal sealed class InProcess : IDisposable
{
    private const int MaxTokens = 128;

    private readonly string[] _sentences;
    private readonly ITokenizer _tokenizer;
    private readonly OnnxEngine _engine;

    /// <summary>Opens a graph.</summary>
    public InProcess(string[] sentences, ITokenizer tokenizer, string graph)
    {
        (_sentences, _tokenizer) = (sentences, tokenizer);
        using var options = SessionSetup.ForCpu();
        var session = new InferenceSession(graph, options);
        _engine = new OnnxEngine(
            session, GraphSignature.Read(session, wantTokens: false, "benchmark"), new EngineOptions(Pooling.Mean, [], tokenizer.PadId, Normalize: true));
    }

    /// <summary>Embeds every sentence.</summary>
    /// <param name="textsPerRun">1, or more: sorted by length first.</param>
    /// <returns>How many tokens there were.</returns>
    public int Embed(int textsPerRun)
    {
        var (tokens, vectors) = (new int[_sentences.Length][], new float[_sentences.Length][]);
        InParallel(_sentences.Length, 64, () => new TokenBuffer(), (buffer, from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                buffer.Clear();
                _tokenizer.Encode(_sentences[i], buffer, MaxTokens);
                (tokens[i], vectors[i]) = (buffer.Ids.ToArray(), new float[_engine.Dimensions]);
            }
        });
        if (textsPerRun > 1)
        {
            Array.Sort(tokens, (a, b) => a.Length.CompareTo(b.Length));
        }

        // The vectors come in the order of the runs: whoever wants them otherwise has their places from the sort.
        InParallel(_sentences.Length, textsPerRun, () => 0, (_, from, to) => _engine.Run(tokens.AsSpan(from, to - from), vectors.AsSpan(from, to - from)));
        return tokens.Sum(ids => ids.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    private static void InParallel<T>(int count, int step, Func<T> own, Action<T, int, int> work)
    {
        var next = -1;
        var threads = new Thread[Environment.ProcessorCount];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                var mine = own();
                while (Interlocked.Increment(ref next) * step is var from && from < count)
                {
                    work(mine, from, Math.Min(count, from + step));
                }
            })
            { IsBackground = true };
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }
    }
}
