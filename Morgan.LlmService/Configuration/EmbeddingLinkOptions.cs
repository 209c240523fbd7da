namespace Morgan.LlmService.Configuration;

/// <summary>Section <c>Llm:Embedding</c>: where the embedding service is.</summary>
internal sealed record EmbeddingLinkOptions
{
    /// <summary>Its address, <c>http://embeddings:5090</c>; null: the name <c>embedding</c> by service discovery [null].</summary>
    public string? Url { get; set; }

    /// <summary>The key that it asks for [none].</summary>
    public string? Key { get; set; }

    /// <summary>The address alone.</summary>
    public override string ToString() => $"{Url}";
}
