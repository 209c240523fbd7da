using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

public sealed class TruncationTests
{
    private const string Text = "the quick brown fox jumps over the lazy dog";

    [Theory]
    [InlineData("bert", 1, 1)]
    [InlineData("t5", 0, 1)]
    [InlineData("llama3", 1, 0)]
    [InlineData("llama2", 1, 0)]
    public void Encode_EveryLimit_KeepsSpecialTokensAndTheStartOfTheText(string name, int before, int after)
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder(name));
        var whole = Encode(tokenizer, int.MaxValue, out _);
        Assert.Equal(before + after, tokenizer.SpecialTokenCount);

        for (var limit = before + after; limit <= whole.Length + 2; limit++)
        {
            var cut = Encode(tokenizer, limit, out var count);

            int[] expected = limit >= whole.Length ? whole : [.. whole[..(limit - after)], .. whole[^after..]];
            Assert.Equal(expected, cut);
            Assert.Equal(whole.Length, count);
        }
    }

    [Fact]
    public void Encode_LimitBelowTheSpecialTokens_NeverGivesMore()
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder("bert"));

        Assert.Empty(Encode(tokenizer, 0, out var count));
        Assert.Equal([2], Encode(tokenizer, 1, out _));
        Assert.True(count > 2);
    }

    [Fact]
    public void Encode_DirectionLeft_KeepsTheEndOfTheText()
    {
        const string Truncation = "\"truncation\":null";
        var json = File.ReadAllText(Path.Combine(Fixtures.Folder("bert"), "tokenizer.json"));
        using var folder = TokenizerFolder.With("tokenizer.json", json.Replace(
            Truncation, $$"""{{Truncation[..13]}}{"direction":"Left","max_length":77,"strategy":"LongestFirst","stride":0}""", StringComparison.Ordinal));
        var tokenizer = TokenizerLoader.Load(folder.Path);
        var whole = Encode(tokenizer, int.MaxValue, out _);

        Assert.Equal([whole[0], .. whole[^4..]], Encode(tokenizer, 5, out _));
        Assert.Equal(77, tokenizer.MaxTokens);
    }

    [Fact]
    public void Encode_WithoutSpecialTokens_GivesTheTextAlone()
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder("bert"));
        var whole = Encode(tokenizer, int.MaxValue, out _);
        using var buffer = new TokenBuffer();

        var count = tokenizer.Encode(Text, buffer, 3, addSpecialTokens: false);

        Assert.Equal(whole[1..4], buffer.Ids.ToArray());
        Assert.Equal(whole.Length - 2, count);
    }

    [Fact]
    public void Encode_BufferThatHoldsIds_AppendsToThem()
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder("bert"));
        using var buffer = new TokenBuffer();
        buffer.Add(99);
        tokenizer.Encode(Text, buffer, 4);
        tokenizer.Encode(Text, buffer, 3);

        var whole = Encode(tokenizer, int.MaxValue, out _);
        Assert.Equal([99, .. whole[..3], whole[^1], .. whole[..2], whole[^1]], buffer.Ids.ToArray());
        Assert.True(buffer.TypeIds.IsEmpty);
    }

    [Fact]
    public void Encode_TemplateWithTokenTypes_GivesThemWhereTheyAreNotZero()
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder("albert"));
        using var buffer = new TokenBuffer();

        tokenizer.Encode("a b c d e f g h", buffer, 4);

        Assert.Equal([2, 1, 1, 1], buffer.TypeIds.ToArray());
    }

    [Fact]
    public void TokenOf_SpecialAndOrdinaryIds_TellsThemApart()
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder("bert"));

        Assert.Equal("[CLS]", tokenizer.TokenOf(2));
        Assert.True(tokenizer.IsSpecial(2));
        Assert.False(tokenizer.IsSpecial(10));
        Assert.Equal("ad ded", tokenizer.TokenOf(tokenizer.VocabularySize - 1));
        Assert.Null(tokenizer.TokenOf(tokenizer.VocabularySize));
    }

    private static int[] Encode(ITokenizer tokenizer, int limit, out int count)
    {
        using var buffer = new TokenBuffer();
        count = tokenizer.Encode(Text, buffer, limit);
        return buffer.Ids.ToArray();
    }
}
