using System.Globalization;
using Morgan.EmbeddingService.Tokenizers;
using Morgan.Tests.EmbeddingService.Tokenizers;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Damaged tokenizer files: a clear refusal, or a tokenizer that works.</summary>
internal sealed class TokenizerFiles() : FuzzTarget("tokenizer-files")
{
    private static readonly string Root = Path.Combine(Repository.Root, "Morgan.Tests", "EmbeddingService", "Tokenizers", "Fixtures");

    private readonly byte[][] _files = [.. Directory.GetFiles(Root, "tokenizer.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    public override int QuickInputs => 60;

    public override byte[] Make(Random random) => Noise.Damage(random, _files[random.Next(_files.Length)]);

    public override ValueTask CheckAsync(byte[] input, Random random)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", input);
        try
        {
            var tokenizer = TokenizerLoader.Load(folder.Path);
            using var ids = new TokenBuffer();
            tokenizer.Encode(string.Create(CultureInfo.InvariantCulture, $"hello wörld 字 🙂 {random.Next()}"), ids, 64);
        }
        catch (TokenizerFormatException)
        {
            // The refusal.
        }

        return default;
    }

    public override long? MostAllocated(int inputLength) => (64 << 20) + (200L * inputLength);
}
