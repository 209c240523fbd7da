namespace Morgan.EmbeddingService.Requests;

/// <summary>What a client asks of <c>POST /v1/embeddings</c>.</summary>
internal sealed class EmbeddingRequest(RequestBody body) : IDisposable
{
    /// <summary>The body that <see cref="Inputs"/> points into.</summary>
    public RequestBody Body { get; } = body;

    /// <summary>The inputs in order.</summary>
    public InputList Inputs { get; } = new();

    /// <summary>The model asked for; null: the default.</summary>
    public string? Model { get; set; }

    /// <summary>How many components to answer with; null: all.</summary>
    public int? Dimensions { get; set; }

    /// <summary>How to write the vectors.</summary>
    public VectorEncoding Encoding { get; set; }

    /// <summary>The prompt to put before each text; null: the model's default.</summary>
    public string? PromptName { get; set; }

    public void Dispose()
    {
        Inputs.Dispose();
        Body.Dispose();
    }
}
