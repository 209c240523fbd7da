using Morgan.ModelBuilder.Tfjs;

namespace Morgan.ModelBuilder.Encoder;

/// <summary>The weights of one transformer layer; matrices are row-major [inputs, outputs].</summary>
internal sealed record LayerWeights
{
    /// <summary>Length of the vectors that the layer takes, and of the queries, keys and values that it makes of them.</summary>
    public required int Width { get; init; }

    /// <summary>What queries are multiplied by before the softmax.</summary>
    public required float AttentionScale { get; init; }

    public required float[] AttentionNormScale { get; init; }

    public required float[] AttentionNormBias { get; init; }

    /// <summary>[Width, 3 · Width]: queries, keys and values side by side.</summary>
    public required float[] QueryKeyValue { get; init; }

    public required float[] QueryKeyValueBias { get; init; }

    /// <summary>[Width, 512].</summary>
    public required float[] AttentionOutput { get; init; }

    public required float[] AttentionOutputBias { get; init; }

    public required float[] FeedForwardNormScale { get; init; }

    public required float[] FeedForwardNormBias { get; init; }

    /// <summary>[512, 1536].</summary>
    public required float[] Expand { get; init; }

    public required float[] ExpandBias { get; init; }

    /// <summary>[1536, 512].</summary>
    public required float[] Contract { get; init; }

    public required float[] ContractBias { get; init; }

    /// <summary>Picks the layer's weights out of the model by their TensorFlow names.</summary>
    /// <exception cref="BuildException">A weight is missing or has another shape.</exception>
    public static LayerWeights From(TfjsWeights weights, int layer)
    {
        const int Output = EncoderWeights.Output;
        const int Hidden = EncoderWeights.Hidden;
        const string Norm = "layer_prepostprocess/layer_norm/layer_norm_";
        const string Part = "/ConcatPartitions/concat";
        var applied = $"{EncoderWeights.Applied}Layer_{layer}/TransformerLayer/";
        var stored = $"{EncoderWeights.Stored}Layer_{layer}/TransformerLayer/";
        var stack = $"{EncoderWeights.Applied}TransformerStack/Layer_{layer}/TransformerLayer/";
        var width = layer == 0 ? EncoderWeights.Embedding : Output;
        return new LayerWeights
        {
            Width = width,
            AttentionScale = weights.Get(stack + "MultiheadAttention/mul/y")[0],
            AttentionNormScale = weights.Get(applied + Norm + "scale" + Part, width),
            AttentionNormBias = weights.Get(applied + Norm + "bias" + Part, width),
            QueryKeyValue = weights.Get(stored + "MultiheadAttention/qkv_transform_single/kernel/part_0", 1, 1, width, 3 * width),
            QueryKeyValueBias = weights.Get(applied + "MultiheadAttention/qkv_transform_single/bias" + Part, 3 * width),
            AttentionOutput = weights.Get(stored + "MultiheadAttention/output_transform_single/kernel/part_0", 1, 1, width, Output),
            AttentionOutputBias = weights.Get(applied + "MultiheadAttention/output_transform_single/bias" + Part, Output),
            FeedForwardNormScale = weights.Get(applied + "FFN/" + Norm + "scale" + Part, Output),
            FeedForwardNormBias = weights.Get(applied + "FFN/" + Norm + "bias" + Part, Output),
            Expand = weights.Get(stack + "FFN/conv1/Tensordot/Reshape_1", Output, Hidden),
            ExpandBias = weights.Get(applied + "FFN/conv1/bias" + Part, Hidden),
            Contract = weights.Get(stack + "FFN/conv2/Tensordot/Reshape_1", Hidden, Output),
            ContractBias = weights.Get(applied + "FFN/conv2/bias" + Part, Output),
        };
    }
}
