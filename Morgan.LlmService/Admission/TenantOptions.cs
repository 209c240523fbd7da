namespace Morgan.LlmService.Admission;

/// <summary>The limits of one tenant, of section <c>Tenants</c>; 0 is no limit.</summary>
internal sealed record TenantOptions
{
    /// <summary>Requests in any 60 s [0].</summary>
    public int RequestsPerMinute { get; set; }

    /// <summary>Tokens, prompt and answer, in any 60 s [0].</summary>
    public int TokensPerMinute { get; set; }

    /// <summary>Tokens in a day in UTC [0].</summary>
    public long TokensPerDay { get; set; }

    /// <summary>Requests at once [0].</summary>
    public int MaxConcurrent { get; set; }

    /// <summary>Tokens set aside for the answer of a request that names no maximum [512].</summary>
    public int DefaultReservedOutputTokens { get; set; } = 512;

    /// <summary>
    /// How long a request that is over a limit may wait for its turn, 0 to 1 min; 0: it is refused at once [0].
    /// </summary>
    public TimeSpan MaxWait { get; set; }

    /// <summary>Whether the tenant's embeddings are cached apart; the embedding service's business [false].</summary>
    public bool CachePartition { get; set; }
}
