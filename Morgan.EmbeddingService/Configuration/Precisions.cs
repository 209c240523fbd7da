namespace Morgan.EmbeddingService.Configuration;

/// <summary>The values of <c>Precision</c>.</summary>
internal static class Precisions
{
    /// <summary>Four bytes a component.</summary>
    public const string Float32 = "float32";

    /// <summary>Two bytes a component.</summary>
    public const string Float16 = "float16";
}
