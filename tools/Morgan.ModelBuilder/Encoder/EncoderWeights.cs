using Morgan.ModelBuilder.Tfjs;

namespace Morgan.ModelBuilder.Encoder;

/// <summary>
/// The weights of Universal Sentence Encoder lite: an embedding table, a timing signal, two pre-LayerNorm transformer layers
/// and a tanh head.
/// </summary>
internal sealed record EncoderWeights
{
    /// <summary>Rows of the embedding table: the vocabulary's 8,000 pieces and two that no text leads to.</summary>
    public const int Vocabulary = 8002;

    /// <summary>Length of a token's embedding.</summary>
    public const int Embedding = 256;

    /// <summary>Length of a text's vector, and of every token's vector after the first layer.</summary>
    public const int Output = 512;

    /// <summary>Width of the feed-forward layers.</summary>
    public const int Hidden = 1536;

    /// <summary>Number of attention heads.</summary>
    public const int Heads = 4;

    /// <summary>Longest text, in tokens, that the model was made for.</summary>
    public const int MaxTokens = 128;

    /// <summary>Added to the attention scores of padding.</summary>
    public const float MaskedScore = -1e9f;

    /// <summary>LayerNorm's guard against a variance of zero.</summary>
    public const float NormEpsilon = 1e-6f;

    /// <summary>Prefix of the encoder's weights as the graph applies them.</summary>
    public const string Applied = "module_apply_default/Encoder_en/KonaTransformer/Encode/";

    /// <summary>Prefix of the encoder's weights that are read as they were stored.</summary>
    public const string Stored = "module/Encoder_en/KonaTransformer/Encode/";

    /// <summary>[8002, 256].</summary>
    public required float[] Embeddings { get; init; }

    /// <summary>128 angular frequencies: position p adds sin(p·f) to one half of the embedding and cos(p·f) to the other.</summary>
    public required float[] Frequencies { get; init; }

    /// <summary>[256, 512]: widens the first layer's input so that it can be added to its output.</summary>
    public required float[] Residual { get; init; }

    public required float[] ResidualBias { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    /// <summary>[512, 512]: the dense layer under the final tanh.</summary>
    public required float[] Head { get; init; }

    public required float[] HeadBias { get; init; }

    /// <summary>Picks the weights out of the model by their TensorFlow names.</summary>
    /// <exception cref="BuildException">A weight is missing or has another shape.</exception>
    public static EncoderWeights From(TfjsWeights weights) => new()
    {
        Embeddings = weights.Get("module/Embeddings_en", Vocabulary, Embedding),
        Frequencies = weights.Get(
            Applied + "TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1", 1, Embedding / 2),
        Residual = weights.Get(Applied + "Layer_0/TransformerLayer/dense/kernel/ConcatPartitions/concat", Embedding, Output),
        ResidualBias = weights.Get(Applied + "Layer_0/TransformerLayer/dense/bias/ConcatPartitions/concat", Output),
        Layers = [LayerWeights.From(weights, 0), LayerWeights.From(weights, 1)],
        Head = weights.Get("module/Encoder_en/hidden_layers/tanh_layer_0/weights", Output, Output),
        HeadBias = weights.Get("module/Encoder_en/hidden_layers/tanh_layer_0/bias", Output),
    };
}
