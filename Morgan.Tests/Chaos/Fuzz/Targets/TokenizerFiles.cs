using System.Globalization;
using Morgan.EmbeddingService.Tokenizers;
using Morgan.Tests.EmbeddingService.Tokenizers;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Damaged tokenizer files: a clear refusal, or a tokenizer that works.</summary>
internal sealed class TokenizerFiles() : FuzzTarget("tokenizer-files")
{
    /// <summary>Of so many inputs one is a real file, whole but for the damage.</summary>
    private const int RealRare = 100;

    private static readonly byte[][] Files = [.. Directory.GetFiles(Fixtures.Root, "tokenizer.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private readonly SmallTokenizers _small = new(Files);

    public override int QuickInputs => 600;

    public override byte[] Make(Random random) =>
        random.Next(RealRare) == 0 ? Noise.Damage(random, Files[random.Next(Files.Length)]) : _small.Make(random);

    public override ValueTask CheckAsync(byte[] input, Random random)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", input);
        Try(folder, random);
        return default;
    }

    public override long? MostAllocated(int inputLength) => (64 << 20) + (200L * inputLength);

    /// <summary>Loads what is in a folder and encodes a text with it, or sees it refused.</summary>
    public static void Try(TokenizerFolder folder, Random random)
    {
        try
        {
            var tokenizer = TokenizerLoader.Load(folder.Path);
            using var ids = new TokenBuffer();
            tokenizer.Encode(string.Create(CultureInfo.InvariantCulture, $"hello wörld 字 🙂 {random.Next()}"), ids, 64);
        }
        catch (TokenizerFormatException refused)
        {
            Assert.NotEmpty(refused.Message);

            // A name that is no Unicode shows only in this exception, which must not hide another's.
            Assert.True(refused.InnerException is not InvalidOperationException { Source: var source } || source!.StartsWith("System.Text.Json", StringComparison.Ordinal), refused.ToString());
        }
    }
}
