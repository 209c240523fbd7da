using System.Diagnostics;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Tests.EmbeddingService.Tokenizers;

public sealed class TokenizerRobustnessTests
{
    private const int RunLength = 300_000;

    /// <summary>Linear work takes seconds even on a busy machine; work that grows with the square of the text takes far longer.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("bert")]
    [InlineData("word-level")]
    [InlineData("xlm-roberta")]
    [InlineData("albert")]
    [InlineData("roberta")]
    [InlineData("qwen2")]
    [InlineData("llama2")]
    public void Encode_VeryLongRunOfTheSame_TakesLinearTime(string name)
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder(name));
        var clock = Stopwatch.StartNew();
        foreach (var unit in (ReadOnlySpan<string>)["a", " ", "▁", "\n", "-", "\u0301", "\u0301\u0323", "字", "🙂", "\ud800", "<s>", "'", "ab "])
        {
            using var buffer = new TokenBuffer();
            var count = tokenizer.Encode(string.Concat(Enumerable.Repeat(unit, RunLength / unit.Length)), buffer, 512);

            Assert.True(buffer.Count <= 512);
            Assert.True(count >= buffer.Count);
            Assert.True(clock.Elapsed < Deadline, $"{name} took {clock.Elapsed} with {unit}");
        }
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("xlm-roberta")]
    [InlineData("qwen2")]
    [InlineData("clip")]
    public void Encode_ManyThreadsAtOnce_EachGetsItsOwnIds(string name)
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder(name));
        var expected = Fixtures.Ids(name);

        Parallel.For(0, 4 * expected.Length, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            i %= expected.Length;
            using var buffer = new TokenBuffer();
            tokenizer.Encode(Fixtures.Texts[i], buffer, int.MaxValue);
            Assert.True(buffer.Ids.SequenceEqual(expected[i]), $"line {i + 1}");
        });
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("xlm-roberta")]
    [InlineData("roberta")]
    [InlineData("llama2")]
    [InlineData("qwen2")]
    public void Encode_WarmThread_AllocatesAtMost64BytesPerToken(string name)
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder(name));
        using var buffer = new TokenBuffer();
        long Run()
        {
            var tokens = 0L;
            foreach (var text in Fixtures.Texts)
            {
                buffer.Clear();
                tokens += tokenizer.Encode(text, buffer, 512);
            }

            return tokens;
        }

        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = Run();

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (double)count, 0, 64);
    }

    [Fact]
    public void Encode_LoneSurrogates_CountAsReplacementCharacters()
    {
        var tokenizer = TokenizerLoader.Load(Fixtures.Folder("roberta"));
        using var lone = new TokenBuffer();
        using var replaced = new TokenBuffer();

        tokenizer.Encode("a\ud800b\udc00\udc00 \ud83d\ude42\ud83d", lone, int.MaxValue);
        tokenizer.Encode("a\ufffdb\ufffd\ufffd \ud83d\ude42\ufffd", replaced, int.MaxValue);

        Assert.Equal(replaced.Ids.ToArray(), lone.Ids.ToArray());
    }
}
