using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Morgan.ModelBuilder.Onnx;

namespace Morgan.Tests.EmbeddingService;

/// <summary>
/// A small random-weight model in a folder of its own. Its token vectors are rows of a table, plus the row of the token
/// type where it has those, so that a test can compute every vector by itself. A token is a letter.
/// </summary>
internal sealed class TinyModel : IDisposable
{
    public const int Size = 6;

    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private readonly Random _random = new(7);

    public TinyModel()
    {
        Folder = Directory.CreateTempSubdirectory("tiny-model-").FullName;
        Table = Numbers((Letters.Length + 1) * Size);
        Types = Numbers(2 * Size);
        var vocabulary = new JsonArray([new JsonArray("[UNK]", -10.0), .. Letters.Select(letter => new JsonArray(letter.ToString(), -1.0))]);
        Write("tokenizer.json", new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["model"] = new JsonObject { ["type"] = "Unigram", ["unk_id"] = 0, ["vocab"] = vocabulary },
        });
    }

    public string Folder { get; }

    public float[] Table { get; }

    public float[] Types { get; }

    public static int IdOf(char letter) => Letters.IndexOf(letter, StringComparison.Ordinal) + 1;

    public float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];

    public void Write(string file, JsonNode json) => Write(file, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));

    public void Write(string file, byte[] bytes)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Writes a graph that gives token vectors.</summary>
    public void WriteTokenGraph(string file, bool withTypes = false, string output = "last_hidden_state")
    {
        var graph = new OnnxGraph("tiny");
        var tokens = TokenVectors(graph, withTypes, output);
        graph.Output(tokens, OnnxElementType.Float, "batch", "sequence", Size);
        Write(file, new OnnxModel(graph).ToBytes());
    }

    /// <summary>Writes a graph as they are exported for GPUs: 32-bit inputs, positions among them, and 16-bit numbers.</summary>
    public void WriteHalfGraph(string file)
    {
        var graph = new OnnxGraph("tiny");
        var ids = graph.Input("input_ids", OnnxElementType.Int32, "batch", "sequence");
        var positions = graph.Input("position_ids", OnnxElementType.Int32, "batch", "sequence");
        var tokens = graph.Add("Gather", [graph.Initializer<float>("table", [Letters.Length + 1, Size], Table), ids]);
        var place = graph.Add("Cast", [positions], OnnxAttribute.ElementType("to", OnnxElementType.Float));
        var scaled = graph.Add("Mul", [tokens, graph.Add("Unsqueeze", [place, graph.Vector(2)])]);
        var half = graph.Add(new OnnxNode("Cast", [scaled])
        {
            Attributes = [OnnxAttribute.ElementType("to", OnnxElementType.Float16)],
            Outputs = ["last_hidden_state"],
        })[0];
        graph.Output(half, OnnxElementType.Float16, "batch", "sequence", Size);
        Write(file, new OnnxModel(graph).ToBytes());
    }

    /// <summary>Writes a graph whose table takes so many bytes, nearly all of them of ids that no text has.</summary>
    public void WriteLargeGraph(string file, int bytes)
    {
        var rows = bytes / (Size * sizeof(float));
        var graph = new OnnxGraph("large");
        var ids = graph.Input("input_ids", OnnxElementType.Int64, "batch", "sequence");
        var table = new float[rows * Size];
        Table.CopyTo(table, 0);
        var tokens = graph.Add(new OnnxNode("Gather", [graph.Initializer<float>("table", [rows, Size], table), ids]) { Outputs = ["last_hidden_state"] })[0];
        graph.Output(tokens, OnnxElementType.Float, "batch", "sequence", Size);
        Write(file, new OnnxModel(graph).ToBytes());
    }

    /// <summary>Writes a graph that sums a text's token vectors itself, and gives them too.</summary>
    public void WritePooledGraph(string file)
    {
        var graph = new OnnxGraph("tiny");
        var tokens = TokenVectors(graph, false, "token_embeddings");
        var mask = graph.Add("Cast", ["attention_mask"], OnnxAttribute.ElementType("to", OnnxElementType.Float));
        var masked = graph.Add("Mul", [tokens, graph.Add("Unsqueeze", [mask, graph.Vector(2)])]);
        var sum = graph.Add(new OnnxNode("ReduceSum", [masked, graph.Vector(1)])
        {
            Attributes = [OnnxAttribute.Int("keepdims", 0)],
            Outputs = ["sentence_embedding"],
        })[0];
        graph.Output(tokens, OnnxElementType.Float, "batch", "sequence", Size);
        graph.Output(sum, OnnxElementType.Float, "batch", Size);
        Write(file, new OnnxModel(graph).ToBytes());
    }

    /// <summary>A safetensors file of float tensors.</summary>
    public void WriteTensors(string file, params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var (header, offset) = (new JsonObject(), 0);
        foreach (var (name, shape, values) in tensors)
        {
            var end = offset + (values.Length * sizeof(float));
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(d => JsonValue.Create(d))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var json = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        Write(file, [.. BitConverter.GetBytes((long)json.Length), .. json, .. tensors.SelectMany(tensor => MemoryMarshal.AsBytes<float>(tensor.Values).ToArray())]);
    }

    /// <summary>The token vectors of a text, computed apart from the graph.</summary>
    public double[][] TokensOf(string text, bool withTypes = false) =>
        [.. text.Select(letter => Enumerable.Range(0, Size).Select(i => Table[(IdOf(letter) * Size) + i] + (withTypes ? (double)Types[i] : 0)).ToArray())];

    public static double[] Normalized(double[] vector)
    {
        var norm = Math.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / norm)];
    }

    public static void AssertClose(double[] expected, float[] actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string TokenVectors(OnnxGraph graph, bool withTypes, string output)
    {
        var ids = graph.Input("input_ids", OnnxElementType.Int64, "batch", "sequence");
        graph.Input("attention_mask", OnnxElementType.Int64, "batch", "sequence");
        var table = graph.Initializer<float>("table", [Letters.Length + 1, Size], Table);
        if (!withTypes)
        {
            return graph.Add(new OnnxNode("Gather", [table, ids]) { Outputs = [output] })[0];
        }

        var types = graph.Input("token_type_ids", OnnxElementType.Int64, "batch", "sequence");
        var rows = graph.Add("Gather", [graph.Initializer<float>("types", [2, Size], Types), types]);
        return graph.Add(new OnnxNode("Add", [graph.Add("Gather", [table, ids]), rows]) { Outputs = [output] })[0];
    }
}
