namespace Morgan.EmbeddingService.Inference;

/// <summary>
/// Counts the weights that every token is multiplied with: the matrices in an .onnx file (a ModelProto) but those that
/// are only looked up. Reads the few fields it needs and skips the numbers.
/// </summary>
internal sealed class GraphWeights
{
    // Field numbers of onnx.proto.
    private const int ModelGraph = 7;
    private const int GraphNode = 1;
    private const int GraphInitializer = 5;
    private const int NodeInput = 1;
    private const int NodeOperator = 4;
    private const int TensorDimension = 1;
    private const int TensorName = 8;

    private readonly Dictionary<string, long> _matrices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lookedUp = new(StringComparer.Ordinal);
    private readonly ProtobufFile _file;

    private GraphWeights(ProtobufFile file) => _file = file;

    /// <summary>How many weights there are; 0 where the file is not understood.</summary>
    public static long Count(string graph)
    {
        using var file = File.OpenRead(graph);
        var reader = new ProtobufFile(file);
        var weights = new GraphWeights(reader);
        try
        {
            reader.Fields(file.Length, (field, end) =>
            {
                if (field == ModelGraph)
                {
                    reader.Fields(end, weights.ReadGraphField);
                }
            });
        }
        catch (EndOfStreamException)
        {
            return 0;
        }

        return weights._matrices.Where(matrix => !weights._lookedUp.Contains(matrix.Key)).Sum(matrix => matrix.Value);
    }

    private void ReadGraphField(int field, long end)
    {
        if (field == GraphInitializer)
        {
            ReadInitializer(end);
        }
        else if (field == GraphNode)
        {
            ReadNode(end);
        }
    }

    private void ReadInitializer(long end)
    {
        var (rank, product, name) = (0, 1L, "");
        _file.Fields(
            end,
            (field, to) =>
            {
                if (field == TensorName)
                {
                    name = _file.Text(to);
                }

                while (field == TensorDimension && _file.IsBefore(to))
                {
                    product *= (long)_file.Varint();
                    rank++;
                }
            },
            (field, value) =>
            {
                if (field == TensorDimension)
                {
                    product *= (long)value;
                    rank++;
                }
            });
        if (rank >= 2)
        {
            _matrices[name] = product;
        }
    }

    private void ReadNode(long end)
    {
        var (first, operation) = ("", "");
        _file.Fields(end, (field, to) =>
        {
            if (field == NodeInput && first.Length == 0)
            {
                first = _file.Text(to);
            }
            else if (field == NodeOperator)
            {
                operation = _file.Text(to);
            }
        });
        if (operation is "Gather" or "Slice")
        {
            _lookedUp.Add(first);
        }
    }
}
