namespace Morgan.EmbeddingService.Tokenizers.AddedTokens;

/// <summary>A token that is found in the text itself before the model sees it: an entry of <c>added_tokens</c>.</summary>
internal sealed record AddedToken
{
    /// <summary>Its id.</summary>
    public required int Id { get; init; }

    /// <summary>What it looks like in text.</summary>
    public required string Content { get; init; }

    /// <summary>Whether it counts only where no word character (<c>\w</c>) touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether white space before it belongs to it.</summary>
    public bool StripLeft { get; init; }

    /// <summary>Whether white space after it belongs to it.</summary>
    public bool StripRight { get; init; }

    /// <summary>Whether it is looked for, itself normalized, in the normalized text rather than in what the caller gave.</summary>
    public bool Normalized { get; init; }

    /// <summary>Whether it stands for no text, like <c>[CLS]</c>.</summary>
    public bool Special { get; init; }
}
