namespace Morgan.EmbeddingService.Inference;

/// <summary>The names that configuration uses.</summary>
internal static class PoolingNames
{
    /// <summary>Every name, in the order of <see cref="Pooling"/>.</summary>
    public static readonly string[] All = ["cls", "mean", "max", "last-token"];

    /// <summary>The pooling of a name.</summary>
    public static bool TryParse(string name, out Pooling pooling)
    {
        var at = Array.IndexOf(All, name);
        pooling = (Pooling)Math.Max(0, at);
        return at >= 0;
    }

    /// <summary>The name of a pooling.</summary>
    public static string Of(Pooling pooling) => All[(int)pooling];
}
