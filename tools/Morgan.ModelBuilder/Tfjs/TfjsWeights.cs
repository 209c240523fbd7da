using System.Runtime.InteropServices;
using System.Text.Json;

namespace Morgan.ModelBuilder.Tfjs;

/// <summary>
/// The float32 weights of a TensorFlow.js graph model: <c>model.json</c> names and orders them, shard files beside it hold
/// them one after another, little-endian. Integer weights (shape constants of the graph) are passed over.
/// </summary>
internal sealed class TfjsWeights
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    private readonly Dictionary<string, (IReadOnlyList<int> Shape, float[] Values)> _weights = [];

    private TfjsWeights()
    {
    }

    /// <summary>Reads the weights of the model in a folder.</summary>
    /// <exception cref="BuildException">A file is missing, malformed, too short or too long.</exception>
    public static TfjsWeights Load(string folder)
    {
        var weights = new TfjsWeights();
        foreach (var group in ReadModelFile(folder).WeightsManifest)
        {
            weights.Read(group, Join(folder, group.Paths));
        }

        return weights;
    }

    /// <summary>The elements, row-major, of a weight that must have the given shape.</summary>
    /// <exception cref="BuildException">There is no such weight, or it has another shape.</exception>
    public float[] Get(string name, params ReadOnlySpan<int> shape)
    {
        if (!_weights.TryGetValue(name, out var weight))
        {
            throw new BuildException($"the model has no float32 weight '{name}'");
        }

        if (!shape.SequenceEqual([.. weight.Shape]))
        {
            throw new BuildException(
                $"weight '{name}' has shape [{string.Join(", ", weight.Shape)}], not [{string.Join(", ", shape.ToArray())}]");
        }

        return weight.Values;
    }

    private static TfjsModelFile ReadModelFile(string folder)
    {
        var path = Path.Combine(folder, "model.json");
        try
        {
            return JsonSerializer.Deserialize<TfjsModelFile>(File.ReadAllBytes(path), Json)
                ?? throw new BuildException($"{path} is empty");
        }
        catch (JsonException exception)
        {
            throw new BuildException($"{path} is not a TensorFlow.js model file: {exception.Message}", exception);
        }
    }

    private static byte[] Join(string folder, IReadOnlyList<string> shards)
    {
        using var joined = new MemoryStream();
        foreach (var shard in shards)
        {
            if (Path.GetFileName(shard) != shard)
            {
                throw new BuildException($"model.json names a shard outside its own folder: '{shard}'");
            }

            using var file = File.OpenRead(Path.Combine(folder, shard));
            file.CopyTo(joined);
        }

        return joined.ToArray();
    }

    private void Read(TfjsModelFile.Group group, ReadOnlySpan<byte> bytes)
    {
        long offset = 0;
        foreach (var spec in group.Weights)
        {
            var length = ByteLength(spec);
            if (offset + length > bytes.Length)
            {
                throw new BuildException(
                    $"the shards are cut short: weight '{spec.Name}' ends at byte {offset + length:N0} of {bytes.Length:N0}");
            }

            if (spec.Dtype == "float32")
            {
                var values = MemoryMarshal.Cast<byte, float>(bytes.Slice((int)offset, (int)length)).ToArray();
                _weights[spec.Name] = (spec.Shape, values);
            }

            offset += length;
        }

        if (offset != bytes.Length)
        {
            throw new BuildException($"the shards hold {bytes.Length:N0} bytes, the weights in model.json {offset:N0}");
        }
    }

    private static long ByteLength(TfjsModelFile.Spec spec)
    {
        if (spec.Quantization is not null)
        {
            throw new BuildException($"weight '{spec.Name}' is quantized, which this builder does not read");
        }

        if (spec.Dtype is not ("float32" or "int32"))
        {
            throw new BuildException($"weight '{spec.Name}' has element type '{spec.Dtype}', not float32 or int32");
        }

        long count = 1;
        foreach (var dimension in spec.Shape)
        {
            if (dimension < 0 || (count *= dimension) > int.MaxValue / sizeof(float))
            {
                throw new BuildException($"weight '{spec.Name}' has no valid shape: [{string.Join(", ", spec.Shape)}]");
            }
        }

        return count * sizeof(float);
    }
}
