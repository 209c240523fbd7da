using Morgan.ModelBuilder.Onnx;
using Morgan.ModelBuilder.Quantization;

namespace Morgan.ModelBuilder.Encoder;

/// <summary>
/// The encoder on ONNX Runtime's fused int8 kernels: what Morgan ships. Inputs <c>input_ids</c> and <c>attention_mask</c>
/// [batch, seq], seq at most 128; output <c>sentence_embedding</c> [batch, 512], of length 1. 45 nodes.
/// Weights are int8 by column, activations are quantized at run time with one scale for each tensor.
/// </summary>
internal sealed class FusedInt8Graph
{
    private readonly OnnxGraph _graph = new("universal_sentence_encoder_lite");
    private readonly EncoderWeights _weights;

    private FusedInt8Graph(EncoderWeights weights) => _weights = weights;

    /// <summary>Builds the graph.</summary>
    public static OnnxGraph Build(EncoderWeights weights) => new FusedInt8Graph(weights).Build();

    private OnnxGraph Build()
    {
        var ids = _graph.Input("input_ids", OnnxElementType.Int64, "batch", "seq");
        var attentionMask = _graph.Input("attention_mask", OnnxElementType.Int64, "batch", "seq");
        var mask = Cast(attentionMask, OnnxElementType.Float);
        var integerMask = Cast(attentionMask, OnnxElementType.Int32); // as QAttention wants it
        var x = Embed(ids);
        var residual = Dense(
            x, "l0_res", EncoderWeights.Embedding, EncoderWeights.Output, _weights.Residual, _weights.ResidualBias);

        var (expanded, y) = Layer(x, residual, integerMask, 0);
        var first = _weights.Layers[0];
        var contracted = Dense(
            expanded, "l0_f2", EncoderWeights.Hidden, EncoderWeights.Output, first.Contract, first.ContractBias);
        x = _graph.Add("Add", [contracted, y]);

        (expanded, y) = Layer(x, x, integerMask, 1);
        var sentence = Head(PoolAndContract(expanded, y, mask, _weights.Layers[1]));
        _graph.Output(sentence, OnnxElementType.Float, "batch", EncoderWeights.Output);
        return _graph;
    }

    private string Embed(string ids)
    {
        // The original graph computes embedding + (embedding + timing); the table stores the double.
        var doubled = Array.ConvertAll(_weights.Embeddings, value => value * 2);
        var (values, scales) = SymmetricInt8.ByRow(doubled, EncoderWeights.Vocabulary, EncoderWeights.Embedding);
        var table = _graph.Initializer("embeddings_q", [EncoderWeights.Vocabulary, EncoderWeights.Embedding], values);
        var rows = Cast(_graph.Add("Gather", [table, ids], OnnxAttribute.Int("axis", 0)), OnnxElementType.Float);
        var scale = _graph.Initializer("embeddings_s", [EncoderWeights.Vocabulary, 1], scales);
        var embedded = _graph.Add("Mul", [rows, _graph.Add("Gather", [scale, ids], OnnxAttribute.Int("axis", 0))]);
        return _graph.Add("Add", [embedded, Timing(ids)]);
    }

    // A table instead of Sin and Cos at every run. It ends at 128 tokens: longer input fails, so callers clip first.
    private string Timing(string ids)
    {
        var length = _graph.Add("Gather", [_graph.Add("Shape", [ids]), _graph.Scalar(1L)], OnnxAttribute.Int("axis", 0));
        var table = _graph.Initializer(
            "timing", [EncoderWeights.MaxTokens, EncoderWeights.Embedding], TimingTable.Compute(_weights.Frequencies));
        var start = _graph.Vector(0);
        var end = _graph.Add("Unsqueeze", [length, _graph.Vector(0)]);
        return _graph.Add("Slice", [table, start, end, _graph.Vector(0)]);
    }

    // Everything of a layer but its last dense: returns that one's input and the residual to add to its output.
    private (string Expanded, string Residual) Layer(string x, string residual, string mask, int index)
    {
        var layer = _weights.Layers[index];
        var name = $"l{index}";
        var normed = Norm(
            x, Vector(name + "_ln1_g", layer.AttentionNormScale), Vector(name + "_ln1_b", layer.AttentionNormBias));
        var context = Attention(normed, mask, name + "_qkv", layer);
        var scale = Vector(name + "_ln2_g", layer.FeedForwardNormScale);
        var bias = Vector(name + "_ln2_b", layer.FeedForwardNormBias);
        var attended = Dense(
            context, name + "_o", layer.Width, EncoderWeights.Output, layer.AttentionOutput, layer.AttentionOutputBias);
        var y = _graph.Add("Add", [attended, residual]);
        var dense = Dense(
            Norm(y, scale, bias), name + "_f1", EncoderWeights.Output, EncoderWeights.Hidden, layer.Expand, layer.ExpandBias);
        return (_graph.Add("Relu", [dense]), y);
    }

    private string Attention(string x, string mask, string name, LayerWeights layer)
    {
        var width = layer.Width;
        var (values, scales) = SymmetricInt8.ByColumn(layer.QueryKeyValue, width, 3 * width);
        var quantized = _graph.Add(new OnnxNode("DynamicQuantizeLinear", [x]) { OutputCount = 3 }); // uint8, scale, zero point
        string[] inputs =
        [
            quantized[0],
            _graph.Initializer(name + "_q", [width, 3 * width], values),
            Vector(name + "_b", layer.QueryKeyValueBias),
            quantized[1],
            Vector(name + "_s", scales),
            mask,
            quantized[2],
            _graph.Initializer(name + "_z", [3 * width], new sbyte[3 * width]),
        ];
        return _graph.Add(new OnnxNode("QAttention", inputs)
        {
            Domain = OnnxNode.MicrosoftDomain,
            Attributes =
            [
                OnnxAttribute.Int("num_heads", EncoderWeights.Heads),
                OnnxAttribute.Float("scale", layer.AttentionScale),
                OnnxAttribute.Float("mask_filter_value", EncoderWeights.MaskedScore),
            ],
        })[0];
    }

    // mean(f·W + b + y) = mean(f)·W + b + mean(y): the last layer's second dense runs on one row for each text, not on one
    // for each token. An empty text has a mean of zero without the bias; min(count, 1) takes it out again.
    private string PoolAndContract(string expanded, string y, string mask, LayerWeights layer)
    {
        var count = _graph.Add("ReduceSum", [mask, _graph.Vector(1)], OnnxAttribute.Int("keepdims", 1)); // [B,1]
        var divisor = _graph.Add("Max", [count, _graph.Scalar(1f)]);
        var weights = _graph.Add("Unsqueeze", [_graph.Add("Div", [mask, divisor]), _graph.Vector(1)]); // [B,1,T]
        var pooled = _graph.Add("Squeeze", [_graph.Add("MatMul", [weights, expanded]), _graph.Vector(1)]);
        var residual = _graph.Add("Squeeze", [_graph.Add("MatMul", [weights, y]), _graph.Vector(1)]);
        var live = _graph.Add("Min", [count, _graph.Scalar(1f)]);
        var contracted = Dense(
            pooled, "l1_f2", EncoderWeights.Hidden, EncoderWeights.Output, layer.Contract, layer.ContractBias);
        return _graph.Add("Add", [_graph.Add("Mul", [contracted, live]), residual]);
    }

    private string Head(string mean)
    {
        var dense = Dense(mean, "tanh", EncoderWeights.Output, EncoderWeights.Output, _weights.Head, _weights.HeadBias);
        return _graph.Add(new OnnxNode("LpNormalization", [_graph.Add("Tanh", [dense])])
        {
            Attributes = [OnnxAttribute.Int("axis", -1), OnnxAttribute.Int("p", 2)],
            Outputs = ["sentence_embedding"],
        })[0];
    }

    private string Cast(string x, OnnxElementType type) => _graph.Add("Cast", [x], OnnxAttribute.ElementType("to", type));

    private string Vector(string name, float[] values) => _graph.Initializer(name, [values.Length], values);

    private string Norm(string x, string scale, string bias) => _graph.Add(
        "LayerNormalization",
        [x, scale, bias],
        OnnxAttribute.Int("axis", -1),
        OnnxAttribute.Float("epsilon", EncoderWeights.NormEpsilon));

    private string Dense(string x, string name, int inputs, int outputs, float[] weights, float[] bias)
    {
        var (values, scales) = SymmetricInt8.ByColumn(weights, inputs, outputs);
        var offset = Vector(name + "_b", bias);
        var quantized = _graph.Initializer(name + "_q", [inputs, outputs], values);
        var scale = Vector(name + "_s", scales);
        // A zero point that no node reads (a symmetric one is left out of the call). It is part of the file that was measured
        // and whose fingerprint is in every cache key, so it stays.
        _graph.Initializer(name + "_z", [outputs], new sbyte[outputs]);
        return _graph.Add(new OnnxNode("DynamicQuantizeMatMul", [x, quantized, scale, "", offset])
        {
            Domain = OnnxNode.MicrosoftDomain,
        })[0];
    }
}
