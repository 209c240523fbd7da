using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Responses;

/// <summary>Writes a vector, whole or cut to some dimensions, as JSON.</summary>
internal static class VectorText
{
    // "-1.17549435E-38," is the longest float.
    private const int MaxFloatBytes = 16;

    /// <summary>How many bytes <see cref="WriteBase64"/> writes.</summary>
    public static int Base64Length(int dimensions) => Base64.GetMaxEncodedToUtf8Length(dimensions * sizeof(float)) + 2;

    /// <summary>Writes little-endian floats in base64, in quotes.</summary>
    public static void WriteBase64(IBufferWriter<byte> output, ReadOnlySpan<float> vector, int dimensions)
    {
        if (dimensions < vector.Length)
        {
            using var cut = Cut(vector, dimensions, out var shorter);
            WriteBase64(output, shorter, dimensions);
            return;
        }

        var span = output.GetSpan(Base64Length(dimensions));
        span[0] = (byte)'"';
        Base64.EncodeToUtf8(MemoryMarshal.AsBytes(vector), span[1..], out _, out var written);
        span[written + 1] = (byte)'"';
        output.Advance(written + 2);
    }

    /// <summary>Writes a list of numbers, each with as many digits as tell it from its neighbours.</summary>
    public static void WriteNumbers(IBufferWriter<byte> output, ReadOnlySpan<float> vector, int dimensions)
    {
        if (dimensions < vector.Length)
        {
            using var cut = Cut(vector, dimensions, out var shorter);
            WriteNumbers(output, shorter, dimensions);
            return;
        }

        var span = output.GetSpan((vector.Length * MaxFloatBytes) + 2);
        span[0] = (byte)'[';
        var at = 1;
        foreach (var number in vector)
        {
            number.TryFormat(span[at..], out var written, default, CultureInfo.InvariantCulture);
            at += written;
            span[at++] = (byte)',';
        }

        span[at - 1] = (byte)']';
        output.Advance(at);
    }

    // Matryoshka: the first components, brought to length 1 again.
    private static IMemoryOwner<float> Cut(ReadOnlySpan<float> vector, int dimensions, out ReadOnlySpan<float> cut)
    {
        var owner = MemoryPool<float>.Shared.Rent(dimensions);
        var shorter = owner.Memory.Span[..dimensions];
        vector[..dimensions].CopyTo(shorter);
        UnitLength.Apply(shorter);
        cut = shorter;
        return owner;
    }
}
