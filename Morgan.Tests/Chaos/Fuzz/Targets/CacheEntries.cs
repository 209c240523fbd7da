using Morgan.EmbeddingService.Caching;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Entries of the shared store: the vector that was written under this key, or nothing.</summary>
internal sealed class CacheEntries() : FuzzTarget("cache-entries")
{
    private const int Dimensions = 48;
    private static readonly UInt128 Key = new(0x0123456789ABCDEF, 0xFEDCBA9876543210);

    public override int QuickInputs => 15_000;

    public override byte[] Make(Random random)
    {
        var half = random.Next(2) == 0;
        var entry = EntryFormat.Encode(VectorOf(half), random.Next(8) == 0 ? Key + 1 : Key, half);
        return random.Next(10) == 0 ? [.. entry.Take(random.Next(entry.Length))] : Noise.Maybe(random, entry);
    }

    public override ValueTask CheckAsync(byte[] input, Random random)
    {
        foreach (var half in (bool[])[true, false])
        {
            var read = EntryFormat.Decode(input, Key, Dimensions, half);
            Assert.True(read is null || read.AsSpan().SequenceEqual(VectorOf(half)), "a vector that nobody wrote under this key");
            Assert.Null(EntryFormat.Decode(input, Key, Dimensions + 1, half));
        }

        return default;
    }

    public override long? MostAllocated(int inputLength) => 256 * 1024;

    private static float[] VectorOf(bool half) => [.. Enumerable.Range(0, Dimensions).Select(i => i / 7f).Select(x => half ? (float)(Half)x : x)];
}
