using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>
/// A file of tensors: eight bytes with the length of a JSON header
/// (<c>{"linear.weight":{"dtype":"F32","shape":[128,768],"data_offsets":[0,393216]}}</c>), the header, the numbers.
/// </summary>
internal sealed class SafeTensors
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly ModelFolder _folder;
    private readonly string _file;
    private readonly byte[] _bytes;
    private readonly JsonObject _header;
    private readonly int _data;

    private SafeTensors(ModelFolder folder, string file, byte[] bytes, JsonObject header, int data) =>
        (_folder, _file, _bytes, _header, _data) = (folder, file, bytes, header, data);

    /// <summary>Reads a file of a model's folder.</summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">It is damaged.</exception>
    public static SafeTensors Open(ModelFolder folder, string file)
    {
        var bytes = File.ReadAllBytes(folder.Full(file));
        var length = bytes.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (length < 0 || length > bytes.Length - sizeof(long))
        {
            throw folder.Wrong(file, "is no safetensors file");
        }

        try
        {
            return JsonNode.Parse(bytes.AsSpan(sizeof(long), (int)length), documentOptions: Strict) is JsonObject header
                ? new SafeTensors(folder, file, bytes, header, sizeof(long) + (int)length)
                : throw folder.Wrong(file, "is no safetensors file");
        }
        catch (JsonException e)
        {
            throw folder.Wrong(file, "is no safetensors file", e);
        }
    }

    /// <summary>The numbers of a tensor, which must have this shape.</summary>
    public float[] Floats(string name, params int[] shape)
    {
        if (_header[name] is not JsonObject tensor
            || tensor["shape"] is not JsonArray dimensions || !dimensions.Select(Number).SequenceEqual(shape.Select(d => (long)d))
            || tensor["data_offsets"] is not JsonArray { Count: 2 } offsets)
        {
            throw _folder.Wrong(_file, $"has no tensor {name} of shape [{string.Join(", ", shape)}]");
        }

        var (begin, end) = (Number(offsets[0]), Number(offsets[1]));
        if (begin < 0 || end < begin || end > _bytes.Length - _data)
        {
            throw _folder.Wrong(_file, $"is cut off: {name} lies past its end");
        }

        // As many numbers as it says, and no more memory than its bytes are worth.
        if (shape.Aggregate(1.0, (product, d) => product * d) > end - begin)
        {
            throw _folder.Wrong(_file, $"is cut off: {name} has fewer bytes than numbers");
        }

        var floats = new float[shape.Aggregate(1, (product, d) => product * d)];
        return Convert(tensor.Text("dtype"), _bytes.AsSpan(_data + (int)begin, (int)(end - begin)), floats)
            ? floats
            : throw _folder.Wrong(_file, $"holds {name} as {tensor.Text("dtype")} in {end - begin} bytes; Morgan reads F32, F16 and BF16");
    }

    private static bool Convert(string? type, ReadOnlySpan<byte> bytes, Span<float> floats)
    {
        switch (type)
        {
            case "F32" when bytes.Length == floats.Length * sizeof(float):
                bytes.CopyTo(MemoryMarshal.AsBytes(floats));
                return true;
            case "F16" when bytes.Length == floats.Length * sizeof(short):
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), floats);
                return true;
            case "BF16" when bytes.Length == floats.Length * sizeof(short):
                for (var i = 0; i < floats.Length; i++)
                {
                    floats[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                }

                return true;
            default:
                return false;
        }
    }

    private static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : -1;
}
