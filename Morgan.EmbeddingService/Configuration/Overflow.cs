namespace Morgan.EmbeddingService.Configuration;

/// <summary>The values of <c>OnOverflow</c>.</summary>
internal static class Overflow
{
    /// <summary>The text is cut, and the response says so.</summary>
    public const string Truncate = "truncate";

    /// <summary>The request is refused.</summary>
    public const string Error = "error";
}
