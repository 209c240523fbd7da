using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

/// <summary>Token ids equal those of Hugging Face's own library, on texts made to make them differ.</summary>
public sealed class HuggingFaceParityTests
{
    [Theory]
    [InlineData("bert")]
    [InlineData("bert-cased")]
    [InlineData("word-level")]
    [InlineData("xlm-roberta")]
    [InlineData("t5")]
    [InlineData("albert")]
    [InlineData("roberta")]
    [InlineData("gpt2")]
    [InlineData("qwen2")]
    [InlineData("llama3")]
    [InlineData("o200k")]
    [InlineData("deepseek")]
    [InlineData("llama2")]
    [InlineData("gemma")]
    [InlineData("clip")]
    [InlineData("bpe-prefixed")]
    [InlineData("byte-normalized")]
    [InlineData("sentencepiece-t5")]
    [InlineData("sentencepiece-xlm-roberta")]
    [InlineData("sentencepiece-bpe")]
    public void Encode_SmallTokenizerOfAFamily_GivesTheLibrarysIds(string name) =>
        AssertEqualIds(TokenizerLoader.Load(Fixtures.Folder(name)), name);

    [Theory]
    [InlineData("bert-base-uncased", "tokenizers/bert-base-uncased")]
    [InlineData("bert-base-uncased", "tokenizers/all-MiniLM-L6-v2-configs")]
    [InlineData("wink-100d", "models/wink-100d")]
    [InlineData("use-lite", "models/use-lite")]
    public void Encode_RealTokenizer_GivesTheLibrarysIds(string name, string folder) =>
        AssertEqualIds(TokenizerLoader.Load(Shared.Path(folder)), name);

    private static void AssertEqualIds(ITokenizer tokenizer, string name)
    {
        var references = Fixtures.Ids(name);
        Assert.Equal(Fixtures.Texts.Length, references.Length);
        using var buffer = new TokenBuffer();
        var different = new List<string>();
        for (var i = 0; i < references.Length; i++)
        {
            buffer.Clear();
            tokenizer.Encode(Fixtures.Texts[i], buffer, int.MaxValue);
            if (!buffer.Ids.SequenceEqual(references[i]))
            {
                different.Add($"line {i + 1}: expected {string.Join(' ', references[i])}, was {string.Join(' ', buffer.Ids.ToArray())}");
            }
        }

        Assert.True(different.Count == 0, $"{different.Count} texts differ:\n{string.Join('\n', different.Take(5))}");
    }
}
