namespace Morgan.LlmService.Admission;

/// <summary>Which limit is in the way.</summary>
internal enum LimitKind
{
    /// <summary>Requests at once.</summary>
    Concurrent,

    /// <summary>Requests per minute.</summary>
    Requests,

    /// <summary>Tokens per minute.</summary>
    Tokens,

    /// <summary>Tokens per minute, which this one request is past.</summary>
    TooLarge,

    /// <summary>Tokens per day.</summary>
    Day,
}
