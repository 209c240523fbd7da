namespace Morgan.LlmSimulator.Answers;

/// <summary>Everything that a wire format needs to write an answer.</summary>
internal sealed record Answer
{
    /// <summary>The answer's id without the format's prefix.</summary>
    public required string Id { get; init; }

    /// <summary>When it was made, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The model's name as asked for.</summary>
    public required string Model { get; init; }

    /// <summary>The host's name, part of <c>system_fingerprint</c>.</summary>
    public required string HostName { get; init; }

    /// <summary>The texts, in the order of their index.</summary>
    public required IReadOnlyList<Choice> Choices { get; init; }

    /// <summary>Tokens of all prompts.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>What is reported; null where the host keeps silent about it.</summary>
    public required Usage? Usage { get; init; }

    /// <summary>Whether a stream says its usage.</summary>
    public required bool StreamUsage { get; init; }

    /// <summary>The response that it continues.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>Whether it can be continued later.</summary>
    public bool Stored { get; init; }

    /// <summary>Tokens of the longest choice: the steps in which the answer is generated.</summary>
    public int Steps => Choices.Max(c => c.Tokens.Count);
}
