namespace Morgan.EmbeddingService.Requests;

/// <summary>What a client asks of the paths of Text Embeddings Inference.</summary>
internal sealed class TeiRequest : IDisposable
{
    /// <summary>The inputs in order.</summary>
    public InputList Inputs { get; } = new();

    /// <summary>The model asked for, which TEI's own API does not have; null: the default.</summary>
    public string? Model { get; set; }

    /// <summary>Whether vectors are brought to length 1.</summary>
    public bool Normalize { get; set; } = true;

    /// <summary>Whether a text that is too long is cut; null: as the model is configured.</summary>
    public bool? Truncate { get; set; }

    /// <summary>The prompt to put before each text.</summary>
    public string? PromptName { get; set; }

    /// <summary>How many components to answer with; null: all.</summary>
    public int? Dimensions { get; set; }

    /// <summary>Whether special tokens are put around the text (for <c>/tokenize</c>).</summary>
    public bool AddSpecialTokens { get; set; } = true;

    public void Dispose() => Inputs.Dispose();
}
