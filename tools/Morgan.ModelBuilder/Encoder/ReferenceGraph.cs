using Morgan.ModelBuilder.Onnx;

namespace Morgan.ModelBuilder.Encoder;

/// <summary>
/// The encoder in float32, operator by operator as TensorFlow computes it: what the int8 graph is measured against. Inputs
/// <c>input_ids</c> and <c>attention_mask</c> [batch, seq]; outputs <c>token_embeddings</c> [batch, seq, 512] and
/// <c>sentence_embedding</c> [batch, 512], of length 1. 86 nodes.
/// </summary>
internal sealed class ReferenceGraph
{
    private readonly OnnxGraph _graph = new("universal_sentence_encoder_lite");
    private readonly EncoderWeights _weights;

    private ReferenceGraph(EncoderWeights weights) => _weights = weights;

    /// <summary>Builds the graph.</summary>
    public static OnnxGraph Build(EncoderWeights weights) => new ReferenceGraph(weights).Build();

    private OnnxGraph Build()
    {
        var ids = _graph.Input("input_ids", OnnxElementType.Int64, "batch", "seq");
        var mask = Cast(_graph.Input("attention_mask", OnnxElementType.Int64, "batch", "seq")); // [B,T]
        var tokenMask = _graph.Add("Unsqueeze", [mask, _graph.Vector(2)]); // [B,T,1]
        var scores = MaskedScores(mask);
        var x = Embed(ids);
        for (var layer = 0; layer < _weights.Layers.Count; layer++)
        {
            x = Layer(x, scores, layer);
        }

        var tokens = _graph.Add(new OnnxNode("Mul", [x, tokenMask]) { Outputs = ["token_embeddings"] })[0];
        var sentence = Head(Mean(tokens, mask));
        _graph.Output(tokens, OnnxElementType.Float, "batch", "seq", EncoderWeights.Output);
        _graph.Output(sentence, OnnxElementType.Float, "batch", EncoderWeights.Output);
        return _graph;
    }

    // 0 where there is a token, -1e9 where there is padding: [B,1,1,T]
    private string MaskedScores(string mask)
    {
        var padding = _graph.Add("Sub", [_graph.Scalar(1f), mask]);
        var scores = _graph.Add("Mul", [padding, _graph.Initializer("neg_big", [], [EncoderWeights.MaskedScore])]);
        return _graph.Add("Unsqueeze", [scores, _graph.Vector(1, 2)]);
    }

    private string Embed(string ids)
    {
        var table = _graph.Initializer(
            "embeddings", [EncoderWeights.Vocabulary, EncoderWeights.Embedding], _weights.Embeddings);
        var embedded = _graph.Add("Gather", [table, ids], OnnxAttribute.Int("axis", 0)); // [B,T,256]
        // The original graph adds the timed embedding to the embedding once more: 2 · embedding + timing.
        return _graph.Add("Add", [embedded, _graph.Add("Add", [embedded, Timing(ids)])]);
    }

    private string Timing(string ids)
    {
        var length = _graph.Add("Gather", [_graph.Add("Shape", [ids]), _graph.Scalar(1L)], OnnxAttribute.Int("axis", 0));
        var positions = Cast(_graph.Add("Range", [_graph.Scalar(0L), length, _graph.Scalar(1L)]));
        positions = _graph.Add("Unsqueeze", [positions, _graph.Vector(1)]);
        var frequencies = _graph.Initializer("inv_timescales", [1, EncoderWeights.Embedding / 2], _weights.Frequencies);
        var angles = _graph.Add("Mul", [positions, frequencies]);
        return _graph.Add("Concat", [_graph.Add("Sin", [angles]), _graph.Add("Cos", [angles])], OnnxAttribute.Int("axis", 1));
    }

    private string Layer(string x, string scores, int index)
    {
        var layer = _weights.Layers[index];
        var name = $"l{index}";
        var residual = index > 0 ? x
            : Dense(x, "l0_res", EncoderWeights.Embedding, EncoderWeights.Output, _weights.Residual, _weights.ResidualBias);
        var normed = Norm(x, name + "_ln1", layer.AttentionNormScale, layer.AttentionNormBias);
        var context = Attention(normed, scores, name, layer);
        var attended = Dense(
            context, name + "_o", layer.Width, EncoderWeights.Output, layer.AttentionOutput, layer.AttentionOutputBias);
        var y = _graph.Add("Add", [attended, residual]);
        normed = Norm(y, name + "_ln2", layer.FeedForwardNormScale, layer.FeedForwardNormBias);
        var expanded = _graph.Add("Relu", [Dense(
            normed, name + "_f1", EncoderWeights.Output, EncoderWeights.Hidden, layer.Expand, layer.ExpandBias)]);
        var contracted = Dense(
            expanded, name + "_f2", EncoderWeights.Hidden, EncoderWeights.Output, layer.Contract, layer.ContractBias);
        return _graph.Add("Add", [contracted, y]);
    }

    private string Attention(string x, string scores, string name, LayerWeights layer)
    {
        var width = layer.Width;
        var joined = Dense(x, name + "_qkv", width, 3 * width, layer.QueryKeyValue, layer.QueryKeyValueBias);
        var parts = _graph.Add(new OnnxNode("Split", [joined, _graph.Vector(width, width, width)])
        {
            Attributes = [OnnxAttribute.Int("axis", -1)],
            OutputCount = 3,
        });
        var queries = Heads(parts[0], width, 0, 2, 1, 3);
        queries = _graph.Add("Mul", [queries, _graph.Initializer(name + "_scale", [], [layer.AttentionScale])]);
        var similar = _graph.Add("MatMul", [queries, Heads(parts[1], width, 0, 2, 3, 1)]);
        var weights = _graph.Add("Softmax", [_graph.Add("Add", [similar, scores])], OnnxAttribute.Int("axis", -1));
        var mixed = _graph.Add("MatMul", [weights, Heads(parts[2], width, 0, 2, 1, 3)]);
        mixed = _graph.Add("Transpose", [mixed], OnnxAttribute.Ints("perm", 0, 2, 1, 3));
        return _graph.Add("Reshape", [mixed, _graph.Vector(0, 0, width)]);
    }

    private string Heads(string x, int width, params ReadOnlySpan<long> order)
    {
        var split = _graph.Add("Reshape", [x, _graph.Vector(0, 0, EncoderWeights.Heads, width / EncoderWeights.Heads)]);
        return _graph.Add("Transpose", [split], OnnxAttribute.Ints("perm", order));
    }

    // Padding is zero by now, so the sum over all tokens is the sum over the text's own; an empty text divides by 1.
    private string Mean(string tokens, string mask)
    {
        var count = _graph.Add("ReduceSum", [mask, _graph.Vector(1)], OnnxAttribute.Int("keepdims", 1));
        var divisor = _graph.Add("Max", [count, _graph.Scalar(1f)]);
        var sum = _graph.Add("ReduceSum", [tokens, _graph.Vector(1)], OnnxAttribute.Int("keepdims", 0));
        return _graph.Add("Div", [sum, divisor]);
    }

    private string Head(string mean)
    {
        var dense = Dense(mean, "tanh", EncoderWeights.Output, EncoderWeights.Output, _weights.Head, _weights.HeadBias);
        var x = _graph.Add("Tanh", [dense]);
        var squares = _graph.Add("ReduceSum", [_graph.Add("Mul", [x, x]), _graph.Vector(1)], OnnxAttribute.Int("keepdims", 1));
        var length = _graph.Add("Sqrt", [_graph.Add("Max", [squares, _graph.Initializer("l2_eps", [], [1e-12f])])]);
        return _graph.Add(new OnnxNode("Div", [x, length]) { Outputs = ["sentence_embedding"] })[0];
    }

    private string Cast(string x) => _graph.Add("Cast", [x], OnnxAttribute.ElementType("to", OnnxElementType.Float));

    private string Norm(string x, string name, float[] scale, float[] bias) => _graph.Add(
        "LayerNormalization",
        [x, _graph.Initializer(name + "_g", [scale.Length], scale), _graph.Initializer(name + "_b", [bias.Length], bias)],
        OnnxAttribute.Int("axis", -1),
        OnnxAttribute.Float("epsilon", EncoderWeights.NormEpsilon));

    private string Dense(string x, string name, int inputs, int outputs, float[] weights, float[] bias)
    {
        var product = _graph.Add("MatMul", [x, _graph.Initializer(name + "_w", [inputs, outputs], weights)]);
        return _graph.Add("Add", [product, _graph.Initializer(name + "_b", [outputs], bias)]);
    }
}
