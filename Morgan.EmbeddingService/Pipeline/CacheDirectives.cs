namespace Morgan.EmbeddingService.Pipeline;

/// <summary>What a request's <c>Cache-Control</c> asks for.</summary>
[Flags]
internal enum CacheDirectives
{
    /// <summary>Nothing: read and write.</summary>
    None = 0,

    /// <summary><c>no-cache</c>: vectors are computed anew.</summary>
    NoCache = 1,

    /// <summary><c>no-store</c>: vectors are not kept.</summary>
    NoStore = 2,

    /// <summary><c>only-if-cached</c>: 504 where something would have to be computed.</summary>
    OnlyIfCached = 4,
}
