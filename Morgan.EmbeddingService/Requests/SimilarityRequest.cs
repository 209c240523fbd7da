using Morgan.EmbeddingService.Similarity;

namespace Morgan.EmbeddingService.Requests;

/// <summary>What a client asks of <c>POST /v1/similarity</c>.</summary>
internal sealed class SimilarityRequest : IDisposable
{
    /// <summary>The texts of <c>a</c> and of <c>b</c>.</summary>
    public InputList Inputs { get; } = new();

    /// <summary>The model asked for; null: the default.</summary>
    public string? Model { get; set; }

    /// <summary>How to compare.</summary>
    public Metric Metric { get; set; }

    /// <summary>How many matches of each text of <c>a</c>; null: all scores.</summary>
    public int? TopK { get; set; }

    public void Dispose() => Inputs.Dispose();
}
