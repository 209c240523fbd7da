using Microsoft.ML.OnnxRuntime;
using Morgan.ModelBuilder.Onnx;

namespace Morgan.Tests.ModelBuilder;

public sealed class OnnxGraphTests
{
    [Fact]
    public void Model_ArithmeticOnAFreeDimension_RunsInOnnxRuntime()
    {
        var graph = new OnnxGraph("twice plus offset");
        var x = graph.Input("x", OnnxElementType.Float, "rows", 2);
        var twice = graph.Add("Mul", [x, graph.Scalar(2f)]);
        var y = graph.Add("Add", [twice, graph.Initializer<float>("offset", [2], [10, 20])]);
        graph.Output(y, OnnxElementType.Float, "rows", 2);

        Assert.Equal([12f, 24f, 16f, 28f], Run(graph, [1, 2, 3, 4], [2, 2]));
        Assert.Equal([8f, 20f], Run(graph, [-1, 0], [1, 2]));
    }

    [Fact]
    public void Model_EveryKindOfAttribute_IsRead()
    {
        var graph = new OnnxGraph("attributes");
        var x = graph.Input("x", OnnxElementType.Float, 2, 3);
        var scaled = graph.Add("LeakyRelu", [x], OnnxAttribute.Float("alpha", 0.5f));
        var turned = graph.Add("Transpose", [scaled], OnnxAttribute.Ints("perm", 1, 0));
        var padded = graph.Add("Pad", [turned, graph.Vector(0, 1, 0, 0)], OnnxAttribute.Text("mode", "edge"));
        var sum = graph.Add("CumSum", [padded, graph.Scalar(1L)], OnnxAttribute.Int("reverse", 1));
        graph.Output(sum, OnnxElementType.Float, 3, 3);

        // negative elements halved, turned, each row's first element repeated, summed from the right
        Assert.Equal([6f, 5f, 4f, -1f, 0f, 1f, 12f, 9f, 6f], Run(graph, [1, -2, 3, 4, 1, 6], [2, 3]));
    }

    [Fact]
    public void Model_MicrosoftOperator_ImportsItsDomain()
    {
        var graph = new OnnxGraph("fused");
        var x = graph.Input("x", OnnxElementType.Float, "k", 1);
        var weights = graph.Initializer<float>("w", [2, 2], [1, 2, 3, 4]);
        var y = graph.Add(new OnnxNode("FusedMatMul", [x, weights])
        {
            Domain = OnnxNode.MicrosoftDomain,
            Attributes = [OnnxAttribute.Int("transA", 1), OnnxAttribute.Float("alpha", 10)],
            Outputs = ["y"],
        });
        graph.Output(y[0], OnnxElementType.Float, 1, 2);

        Assert.Equal([70f, 100f], Run(graph, [1, 2], [2, 1]));
    }

    [Fact]
    public void Model_SeveralOutputsAndALeftOutInput_KeepTheirPlaces()
    {
        var graph = new OnnxGraph("places");
        var x = graph.Input("x", OnnxElementType.Float, 3);
        var parts = graph.Add(new OnnxNode("Split", [x, graph.Vector(2, 1)]) { OutputCount = 2 });
        var capped = graph.Add("Clip", [parts[0], "", graph.Scalar(1.5f)]);
        graph.Output(graph.Add("Concat", [parts[1], capped], OnnxAttribute.Int("axis", 0)), OnnxElementType.Float, 3);

        Assert.Equal([9f, -1f, 1.5f], Run(graph, [-1, 2, 9], [3]));
    }

    [Fact]
    public void Initializer_EveryElementType_KeepsItsValues()
    {
        AssertKept<float>([1, 2]);
        AssertKept<Half>([(Half)1, (Half)2]);
        AssertKept<sbyte>([1, 2]);
        AssertKept<byte>([1, 2]);
        AssertKept<int>([1, 2]);
        AssertKept<long>([1, 2]);
        AssertKept<bool>([true, true], 1, 1);
    }

    [Fact]
    public void Model_Shapes_StateFixedAndFreeDimensions()
    {
        var graph = new OnnxGraph("shapes");
        graph.Output(graph.Add("Identity", [graph.Input("x", OnnxElementType.Float, "batch", 7)]), OnnxElementType.Float, "batch", 7);
        using var session = new InferenceSession(new OnnxModel(graph).ToBytes());

        Assert.Equal([-1, 7], session.InputMetadata["x"].Dimensions);
        Assert.Equal(["batch", ""], session.InputMetadata["x"].SymbolicDimensions);
    }

    [Fact]
    public void Model_Header_StatesProducerGraphAndMetadata()
    {
        var graph = new OnnxGraph("named");
        graph.Output(graph.Add("Identity", [graph.Input("x", OnnxElementType.Float)]), OnnxElementType.Float);
        var model = new OnnxModel(graph) { Producer = "test", Metadata = [new("key", "välue")] };
        using var session = new InferenceSession(model.ToBytes());

        Assert.Equal("test", session.ModelMetadata.ProducerName);
        Assert.Equal("named", session.ModelMetadata.GraphName);
        Assert.Equal("välue", session.ModelMetadata.CustomMetadataMap["key"]);
    }

    [Fact]
    public void Constants_SameValue_AreOneInitializer()
    {
        var graph = new OnnxGraph("constants");

        Assert.Equal(graph.Vector(1, -2), graph.Vector(1, -2));
        Assert.Equal(graph.Scalar(3L), graph.Scalar(3L));
        Assert.Equal(
            10,
            new HashSet<string>
            {
                graph.Vector(1, -2), graph.Vector(1, 2), graph.Vector(1), graph.Scalar(1L), graph.Scalar(-1L), graph.Scalar(1f),
                graph.Scalar(-1f), graph.Scalar(1.5f), graph.Scalar(1e-20f), graph.Scalar(1e20f),
            }.Count);
    }

    [Fact]
    public void Graph_UnknownValue_IsRefusedByName()
    {
        var graph = new OnnxGraph("g");

        Assert.Contains("'y'", Assert.Throws<ArgumentException>(() => graph.Add("Relu", ["y"])).Message, StringComparison.Ordinal);
        var output = Assert.Throws<ArgumentException>(() => graph.Output("z", OnnxElementType.Float));
        Assert.Contains("'z'", output.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_SecondValueOfAName_IsRefused()
    {
        var graph = new OnnxGraph("g");
        graph.Input("x", OnnxElementType.Float, 1);

        var exception = Assert.Throws<ArgumentException>(() => graph.Initializer<float>("x", [1], [1]));

        Assert.Contains("'x'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Initializer_WrongCountOrType_IsRefused()
    {
        var graph = new OnnxGraph("g");

        var count = Assert.Throws<ArgumentException>(() => graph.Initializer<float>("w", [2, 3], [1, 2, 3]));
        Assert.Contains("3 elements, its shape 6", count.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => graph.Initializer<decimal>("w", [1], [1]));
    }

    private static void AssertKept<T>(ReadOnlySpan<T> values, float first = 1, float second = 2)
        where T : unmanaged
    {
        var graph = new OnnxGraph("type");
        var x = graph.Input("x", OnnxElementType.Float, 2);
        var cast = graph.Add("Cast", [graph.Initializer("w", [2], values)], OnnxAttribute.ElementType("to", OnnxElementType.Float));
        graph.Output(graph.Add("Add", [x, cast]), OnnxElementType.Float, 2);

        Assert.Equal([first, second], Run(graph, [0, 0], [2]));
    }

    // Runs a graph with one float input 'x' and one float output.
    private static float[] Run(OnnxGraph graph, float[] x, long[] shape)
    {
        using var session = new InferenceSession(new OnnxModel(graph).ToBytes());
        using var input = OrtValue.CreateTensorValueFromMemory(x, shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, new Dictionary<string, OrtValue> { ["x"] = input }, session.OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
