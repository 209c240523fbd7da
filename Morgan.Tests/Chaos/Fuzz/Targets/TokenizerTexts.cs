using System.Runtime.InteropServices;
using Morgan.EmbeddingService.Tokenizers;
using Morgan.Tests.EmbeddingService.Tokenizers;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Texts, in every family of tokenizers that the tests have.</summary>
internal sealed class TokenizerTexts() : FuzzTarget("tokenizer-texts")
{
    private readonly (string Name, ITokenizer Tokenizer)[] _tokenizers =
        [.. Directory.GetDirectories(Fixtures.Root).Order(StringComparer.Ordinal).Select(folder => (Path.GetFileName(folder), TokenizerLoader.Load(folder)))];

    public override int QuickInputs => 3_000;

    public override byte[] Make(Random random) => Noise.Text(random);

    public override ValueTask CheckAsync(byte[] input, Random random)
    {
        var text = MemoryMarshal.Cast<byte, char>(input);
        var (name, tokenizer) = _tokenizers[random.Next(_tokenizers.Length)];
        using var all = new TokenBuffer();
        var count = tokenizer.Encode(text, all, int.MaxValue);
        Assert.True(count == all.Count, $"{name}: nothing is cut, {count} counted, {all.Count} there");
        foreach (var id in all.Ids)
        {
            if (id < 0 || id >= tokenizer.VocabularySize)
            {
                Assert.Fail($"{name}: {id} is no id");
            }
        }

        using var cut = new TokenBuffer();
        var most = random.Next(20);
        var whole = tokenizer.Encode(text, cut, most);
        Assert.True(whole == count, $"{name}: cut to {most}, the whole has {whole} instead of {count}");
        Assert.True(cut.Count == Math.Min(most, count) || most < tokenizer.SpecialTokenCount, $"{name}: cut to {most}, {cut.Count} are there of {count}");
        return default;
    }

    public override long? MostAllocated(int inputLength) => (4 << 20) + (2000L * inputLength);
}
