using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Responses;

/// <summary>Writes a vector as JSON, in the shape that the client asked for.</summary>
internal static class VectorText
{
    // "-1.17549435E-38," is the longest float.
    private const int MaxFloatBytes = 16;

    /// <summary>How many bytes a vector in base64 has, quotes included.</summary>
    public static int Base64Length(int dimensions) => Base64.GetMaxEncodedToUtf8Length(dimensions * sizeof(float)) + 2;

    /// <summary>Writes little-endian floats in base64, in quotes.</summary>
    public static void WriteBase64(IBufferWriter<byte> output, ReadOnlySpan<float> vector, VectorShape shape)
    {
        if (shape.Changes(vector))
        {
            using var rented = Reshape(vector, shape, out var reshaped);
            WriteBase64(output, reshaped);
        }
        else
        {
            WriteBase64(output, vector);
        }
    }

    /// <summary>Writes a list of numbers, each with as many digits as tell it from its neighbours.</summary>
    public static void WriteNumbers(IBufferWriter<byte> output, ReadOnlySpan<float> vector, VectorShape shape)
    {
        if (shape.Changes(vector))
        {
            using var rented = Reshape(vector, shape, out var reshaped);
            WriteNumbers(output, reshaped);
        }
        else
        {
            WriteNumbers(output, vector);
        }
    }

    private static void WriteBase64(IBufferWriter<byte> output, ReadOnlySpan<float> vector)
    {
        var span = output.GetSpan(Base64Length(vector.Length));
        span[0] = (byte)'"';
        Base64.EncodeToUtf8(MemoryMarshal.AsBytes(vector), span[1..], out _, out var written);
        span[written + 1] = (byte)'"';
        output.Advance(written + 2);
    }

    private static void WriteNumbers(IBufferWriter<byte> output, ReadOnlySpan<float> vector)
    {
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
    private static IMemoryOwner<float> Reshape(ReadOnlySpan<float> vector, VectorShape shape, out ReadOnlySpan<float> reshaped)
    {
        var owner = MemoryPool<float>.Shared.Rent(shape.Dimensions);
        var components = owner.Memory.Span[..shape.Dimensions];
        vector[..shape.Dimensions].CopyTo(components);
        UnitLength.Apply(components);
        reshaped = components;
        return owner;
    }
}
