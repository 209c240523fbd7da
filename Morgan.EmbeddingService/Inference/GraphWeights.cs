using System.Text;

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
    private const int LengthDelimited = 2;

    private readonly Dictionary<string, long> _matrices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lookedUp = new(StringComparer.Ordinal);
    private readonly FileStream _file;

    private GraphWeights(FileStream file) => _file = file;

    /// <summary>How many weights there are; 0 where the file is not understood.</summary>
    public static long Count(string graph)
    {
        using var file = File.OpenRead(graph);
        var weights = new GraphWeights(file);
        try
        {
            weights.Fields(file.Length, (field, end) =>
            {
                if (field == ModelGraph)
                {
                    weights.Fields(end, weights.ReadGraphField);
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
        Fields(
            end,
            (field, to) =>
            {
                if (field == TensorName)
                {
                    name = Text(to);
                }

                while (field == TensorDimension && _file.Position < to)
                {
                    product *= (long)Varint();
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
        Fields(end, (field, to) =>
        {
            if (field == NodeInput && first.Length == 0)
            {
                first = Text(to);
            }
            else if (field == NodeOperator)
            {
                operation = Text(to);
            }
        });
        if (operation is "Gather" or "Slice")
        {
            _lookedUp.Add(first);
        }
    }

    // Calls back for each field up to an end: for one with a length, before its content, which is then skipped.
    private void Fields(long end, Action<int, long> onContent, Action<int, ulong>? onNumber = null)
    {
        while (_file.Position < end)
        {
            var tag = Varint();
            var (field, type) = ((int)(tag >> 3), (int)(tag & 7));
            if (type == LengthDelimited)
            {
                var to = (long)Varint() + _file.Position;
                if (to < _file.Position || to > end)
                {
                    throw new EndOfStreamException();
                }

                onContent(field, to);
                _file.Position = to;
            }
            else if (type == 0)
            {
                var value = Varint();
                onNumber?.Invoke(field, value);
            }
            else
            {
                _file.Position += type == 1 ? sizeof(ulong) : sizeof(uint);
            }
        }
    }

    private string Text(long end)
    {
        var bytes = new byte[Math.Clamp(end - _file.Position, 0, 4096)];
        _file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = _file.ReadByte();
            if (next < 0)
            {
                throw new EndOfStreamException();
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }
}
