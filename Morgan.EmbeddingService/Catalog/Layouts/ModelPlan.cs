using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>What a model's files say about how to run it.</summary>
internal sealed record ModelPlan
{
    /// <summary>The layout's name, one of <see cref="Configuration.Backends"/>.</summary>
    public required string Backend { get; init; }

    /// <summary>The .onnx file.</summary>
    public required string GraphFile { get; init; }

    /// <summary>The files beside the graph that it keeps weights in.</summary>
    public IReadOnlyList<string> Weights { get; init; } = [];

    /// <summary>The graph and its external weights: model.onnx, model.onnx_data, model.onnx.data.</summary>
    public IEnumerable<string> GraphFiles =>
        Directory.EnumerateFiles(Path.GetDirectoryName(GraphFile)!, $"{Path.GetFileName(GraphFile)}*")
            .Union(Weights, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The folder of the tokenizer's files.</summary>
    public required string TokenizerFolder { get; init; }

    /// <summary>How token vectors are pooled where the graph does not pool.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>Whether the pooling was named by the user: then the graph's own pooling is passed over.</summary>
    public bool IsPoolingNamed { get; init; }

    /// <summary>Dense layers after the pooling.</summary>
    public IReadOnlyList<DenseLayer> Dense { get; init; } = [];

    /// <summary>Whether vectors are brought to length 1.</summary>
    public required bool Normalize { get; init; }

    /// <summary>The longest input in tokens, or null: as the tokenizer's files say.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How many positions the graph has, or null: not said.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>Texts put before the input, by name.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; init; } = new Dictionary<string, string>();

    /// <summary>The name of the prompt of requests that name none; null: no prompt.</summary>
    public string? DefaultPrompt { get; init; }
}
