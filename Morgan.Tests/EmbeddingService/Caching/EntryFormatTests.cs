using CsCheck;
using Morgan.EmbeddingService.Caching;

namespace Morgan.Tests.EmbeddingService.Caching;

public sealed class EntryFormatTests
{
    private static readonly UInt128 Key = new(0x0123456789abcdef, 0xfedcba9876543210);
    private static readonly float[] Vector = [1f, -0.5f, float.Epsilon, 3.4e38f, 0f];

    [Fact]
    public void Float32_ReadBack_IsTheSameBitForBit() =>
        Assert.Equal(Vector, EntryFormat.Decode(EntryFormat.Encode(Vector, Key, half: false), Key, Vector.Length, half: false));

    [Fact]
    public void Float16_OfHalves_IsTheSame()
    {
        float[] halves = [1f, -0.5f, (float)(Half)0.1f];
        Assert.Equal(halves, EntryFormat.Decode(EntryFormat.Encode(halves, Key, half: true), Key, halves.Length, half: true));
    }

    [Fact]
    public void Entry_WithAnyByteChanged_IsAMiss() =>
        Gen.Select(Gen.Int[0, EntryFormat.HeaderBytes + (Vector.Length * 4) - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            var entry = EntryFormat.Encode(Vector, Key, half: false);
            entry[at] ^= change;
            return EntryFormat.Decode(entry, Key, Vector.Length, half: false) is null;
        });

    [Fact]
    public void Entry_CutOrOfAnotherSizeOrPrecisionOrKey_IsAMiss()
    {
        var entry = EntryFormat.Encode(Vector, Key, half: false);
        for (var length = 0; length < entry.Length; length++)
        {
            Assert.Null(EntryFormat.Decode(entry.AsSpan(0, length), Key, Vector.Length, half: false));
        }

        Assert.Null(EntryFormat.Decode([.. entry, 0], Key, Vector.Length, half: false));
        Assert.Null(EntryFormat.Decode(entry, Key, Vector.Length + 1, half: false));
        Assert.Null(EntryFormat.Decode(entry, Key, Vector.Length, half: true));
        Assert.Null(EntryFormat.Decode(entry, Key + 1, Vector.Length, half: false));
    }

    [Fact]
    public void Entry_OfAnotherSchema_IsAMiss()
    {
        var entry = EntryFormat.Encode(Vector, Key, half: false);
        entry[2]++;
        Assert.Null(EntryFormat.Decode(entry, Key, Vector.Length, half: false));
    }
}
