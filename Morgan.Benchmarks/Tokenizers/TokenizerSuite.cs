using Microsoft.ML.Tokenizers;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Benchmarks.Tokenizers;

/// <summary>
/// Tokens per second on one core and bytes allocated per token, on the sentences of STS-B, and where
/// Microsoft.ML.Tokenizers has the family, how that compares.
/// </summary>
internal sealed class TokenizerSuite : ISuite
{
    public string Name => "tokenizers";

    public string Section => "Embeddings";

    public string Title => "Tokenizers";

    public string About =>
        "The sentences of STS-B dev, one thread. The byte-level BPE is a small one made for the tests, so its words fall into more tokens than a real one's.";

    public Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken) =>
        Task.Run(() => Measure(options), cancellationToken);

    private static SuiteFindings Measure(BenchmarkOptions options)
    {
        var texts = StsbSentences.Read(options);
        var bert = options.SharedPath("tokenizers", "bert-base-uncased");
        var microsoftBert = BertTokenizer.Create(Path.Combine(bert, "vocab.txt"));
        using var model = File.OpenRead(options.SharedPath("models", "use-lite", "sentencepiece.model"));
        var microsoftSentencePiece = SentencePieceTokenizer.Create(model, addBeginningOfSentence: false, addEndOfSentence: false);
        var bpe = Path.Combine(options.Root, "Morgan.Tests", "EmbeddingService", "Tokenizers", "Fixtures", "qwen2");
        List<Measurement> measurements =
        [
            .. TokenizerComparison.Measure("WordPiece, bert-base-uncased", texts, Ours(bert), text => microsoftBert.EncodeToIds(text).Count),
            .. TokenizerComparison.Measure("Unigram, use-lite", texts, Ours(ModelSource.ShippedFolder), text => microsoftSentencePiece.EncodeToIds(text).Count),
            .. TokenizerComparison.Measure("WordLevel, wink-100d", texts, Ours(options.SharedPath("models", "wink-100d")), opponent: null),
            .. TokenizerComparison.Measure("byte-level BPE, as Qwen's", texts, Ours(bpe), opponent: null),
        ];
        var version = Versions.Of(typeof(BertTokenizer));
        return new SuiteFindings(measurements, new Dictionary<string, string> { ["Microsoft.ML.Tokenizers"] = version });
    }

    private static Func<string, int> Ours(string folder)
    {
        var tokenizer = TokenizerLoader.Load(folder);
        var buffer = new TokenBuffer();
        return text =>
        {
            buffer.Clear();
            return tokenizer.Encode(text, buffer, int.MaxValue);
        };
    }
}
