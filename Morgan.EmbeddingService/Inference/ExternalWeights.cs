using System.Globalization;

namespace Morgan.EmbeddingService.Inference;

/// <summary>A tensor of a graph that lies in a file beside it, as the graph says.</summary>
/// <param name="Location">The file, relative to the graph's folder.</param>
/// <param name="Offset">Its first byte there.</param>
/// <param name="Length">Its bytes; 0: to the end of the file.</param>
internal sealed record ExternalWeights(string Location, long Offset, long Length)
{
    // Field numbers of onnx.proto.
    private const int ModelGraph = 7;
    private const int ModelFunction = 25;
    private const int FunctionNode = 7;
    private const int GraphNode = 1;
    private const int GraphInitializer = 5;
    private const int GraphSparseInitializer = 15;
    private const int NodeAttribute = 5;
    private const int AttributeTensor = 5;
    private const int AttributeGraph = 6;
    private const int AttributeTensors = 10;
    private const int AttributeGraphs = 11;
    private const int AttributeSparse = 22;
    private const int AttributeSparses = 23;
    private const int SparsePartLast = 2;
    private const int TensorExternal = 13;

    private const int Deepest = 32;

    /// <summary>Every such tensor of an .onnx file; none where the file is not understood.</summary>
    public static IReadOnlyList<ExternalWeights> Read(string graph)
    {
        using var file = File.OpenRead(graph);
        var found = new List<ExternalWeights>();
        var reader = new ProtobufFile(file);
        try
        {
            reader.Fields(file.Length, (field, end) =>
            {
                if (field == ModelGraph)
                {
                    ReadGraph(reader, end, found, Deepest);
                }
                else if (field == ModelFunction)
                {
                    reader.Fields(end, (part, to) => ReadNode(reader, part == FunctionNode, to, found, Deepest));
                }
            });
        }
        catch (EndOfStreamException)
        {
            // The runtime says so in its own words.
        }

        return found;
    }

    private static void ReadGraph(ProtobufFile reader, long end, List<ExternalWeights> found, int depth)
    {
        if (depth == 0)
        {
            throw new EndOfStreamException();
        }

        reader.Fields(end, (field, to) =>
        {
            if (field == GraphInitializer)
            {
                ReadTensor(reader, to, found);
            }
            else if (field == GraphSparseInitializer)
            {
                ReadSparse(reader, to, found);
            }
            else
            {
                ReadNode(reader, field == GraphNode, to, found, depth);
            }
        });
    }

    private static void ReadNode(ProtobufFile reader, bool isNode, long end, List<ExternalWeights> found, int depth)
    {
        if (isNode)
        {
            reader.Fields(end, (field, to) =>
            {
                if (field == NodeAttribute)
                {
                    reader.Fields(to, (part, until) => ReadAttribute(reader, part, until, found, depth));
                }
            });
        }
    }

    private static void ReadAttribute(ProtobufFile reader, int part, long end, List<ExternalWeights> found, int depth)
    {
        switch (part)
        {
            case AttributeTensor or AttributeTensors:
                ReadTensor(reader, end, found);
                break;
            case AttributeGraph or AttributeGraphs:
                ReadGraph(reader, end, found, depth - 1);
                break;
            case AttributeSparse or AttributeSparses:
                ReadSparse(reader, end, found);
                break;
            default:
                break;
        }
    }

    private static void ReadSparse(ProtobufFile reader, long end, List<ExternalWeights> found) => reader.Fields(end, (part, to) =>
    {
        if (part <= SparsePartLast)
        {
            ReadTensor(reader, to, found);
        }
    });

    // external_data: [{ key: "location", value: "model.onnx_data" }, { key: "offset", value: "0" }, …]
    private static void ReadTensor(ProtobufFile reader, long end, List<ExternalWeights> found)
    {
        var (location, offset, length, isExternal) = ("", 0L, 0L, false);
        reader.Fields(end, (field, to) =>
        {
            if (field != TensorExternal)
            {
                return;
            }

            var (key, value) = ("", "");
            reader.Fields(to, (part, until) => (key, value) = part == 1 ? (reader.Text(until), value) : (key, reader.Text(until)));
            isExternal = true;
            location = key == "location" ? value : location;
            offset = key == "offset" ? Number(value) : offset;
            length = key == "length" ? Number(value) : length;
        });
        if (isExternal)
        {
            found.Add(new ExternalWeights(location, offset, length));
        }
    }

    // What is no number lies past every file's end.
    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
}
