namespace Morgan.EmbeddingService.Requests;

/// <summary>What a client asks of Ollama's paths.</summary>
internal sealed class OllamaRequest : IDisposable
{
    private const string Latest = ":latest";

    /// <summary>The inputs in order.</summary>
    public InputList Inputs { get; } = new();

    /// <summary>The model as the client names it; Ollama's clients may add a tag.</summary>
    public string? AskedModel { get; set; }

    /// <summary>The model's name here.</summary>
    public string? Model => AskedModel is { } name && name.EndsWith(Latest, StringComparison.Ordinal) ? name[..^Latest.Length] : AskedModel;

    /// <summary>Whether a text that is too long is cut; null: as the model is configured.</summary>
    public bool? Truncate { get; set; }

    /// <summary>How many components to answer with; null: all.</summary>
    public int? Dimensions { get; set; }

    public void Dispose() => Inputs.Dispose();
}
