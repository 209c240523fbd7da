using Microsoft.ML.Tokenizers;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

/// <summary>vocab.txt and SentencePiece files that lie in a folder without a tokenizer.json.</summary>
public sealed class VocabularyFileTests
{
    [Fact]
    public void Load_VocabTextAlone_GivesTheIdsOfTheTokenizerJson()
    {
        using var folder = new TokenizerFolder();
        folder.Copy(Shared.Path("tokenizers/bert-base-uncased/vocab.txt"));
        var tokenizer = TokenizerLoader.Load(folder.Path);
        var expected = Fixtures.Ids("bert-base-uncased");

        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], Encode(tokenizer, Fixtures.Texts[i]));
        }
    }

    [Theory]
    [InlineData("""{}""", "ab")]
    [InlineData("""{"do_lower_case":false}""", "Äb")]
    [InlineData("""{"do_lower_case":true,"strip_accents":false}""", "äb")]
    public void Load_VocabTextWithConfiguration_FollowsIt(string config, string token)
    {
        using var folder = TokenizerFolder.With("vocab.txt", "[PAD]\n[UNK]\n<c>\n[SEP]\nab\nÄb\näb\n");
        folder.Write("tokenizer_config.json", config.Replace("{", """{"cls_token":{"content":"<c>"},"model_max_length":33,"x":0,""", StringComparison.Ordinal).Replace(",}", "}", StringComparison.Ordinal));
        var tokenizer = TokenizerLoader.Load(folder.Path);

        var ids = Encode(tokenizer, "Äb");

        Assert.Equal([2, 3], [ids[0], ids[^1]]);
        Assert.Equal(token, tokenizer.TokenOf(ids[1]));
        Assert.Equal(33, tokenizer.MaxTokens);
    }

    [Fact]
    public void Load_VocabTextWithoutSpecialTokens_NamesTheMissingOne()
    {
        using var folder = TokenizerFolder.With("vocab.txt", "[UNK]\na\n");

        Assert.Contains("[CLS]", Assert.Throws<TokenizerFormatException>(() => TokenizerLoader.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SentencePieceAlone_GivesTheIdsOfMicrosoftsLibrary()
    {
        var path = Shared.Path("models/use-lite/sentencepiece.model");
        using var folder = new TokenizerFolder();
        folder.Copy(path);
        var tokenizer = TokenizerLoader.Load(folder.Path);
        using var stream = File.OpenRead(path);
        var microsoft = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);

        foreach (var line in File.ReadLines(Shared.Path("datasets/stsb/stsb-en-dev.csv")))
        {
            // The other library gives an unknown token for each unknown character, and has its own choice of two ways with
            // the same score, which are the same tokens in another order.
            Assert.Equal(MergeRuns(microsoft.EncodeToIds(line), 0).Order(), Encode(tokenizer, line).Order());
        }
    }

    [Fact]
    public void Fingerprint_OtherBytes_IsOther()
    {
        using var folder = TokenizerFolder.With("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n");
        var first = TokenizerLoader.Load(folder.Path).Fingerprint;
        folder.Write("tokenizer_config.json", """{"do_lower_case":false}""");
        var second = TokenizerLoader.Load(folder.Path).Fingerprint;

        Assert.Matches("^[0-9a-f]{64}$", first);
        Assert.NotEqual(first, second);
    }

    private static int[] MergeRuns(IReadOnlyList<int> ids, int merged) =>
        [.. ids.Where((id, i) => id != merged || i == 0 || ids[i - 1] != merged)];

    private static int[] Encode(ITokenizer tokenizer, string text)
    {
        using var buffer = new TokenBuffer();
        tokenizer.Encode(text, buffer, int.MaxValue);
        return buffer.Ids.ToArray();
    }
}
