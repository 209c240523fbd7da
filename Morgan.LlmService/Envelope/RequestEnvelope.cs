namespace Morgan.LlmService.Envelope;

/// <summary>The few fields of a request that Morgan acts on, and where they stand. Everything else stays bytes.</summary>
internal readonly record struct RequestEnvelope
{
    /// <summary>The model as the client wrote it; null: none was named.</summary>
    public string? Model { get; init; }

    /// <summary>Where the model's name stands.</summary>
    public ByteRange ModelRange { get; init; }

    /// <summary>Whether the answer is to be a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the client asked for the stream's usage.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Where the value of <c>stream_options</c> stands.</summary>
    public ByteRange StreamOptions { get; init; }

    /// <summary>Where the value of <c>stream_options.include_usage</c> stands.</summary>
    public ByteRange IncludeUsageRange { get; init; }

    /// <summary>The client's bound on the answer's tokens; null: none.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>Where the prompt stands: <c>messages</c>, <c>prompt</c> or <c>input</c>.</summary>
    public ByteRange Prompt { get; init; }

    /// <summary>The response that a request to <c>/v1/responses</c> goes on from.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>Offset of the brace that closes the body.</summary>
    public int ClosingBrace { get; init; }
}
