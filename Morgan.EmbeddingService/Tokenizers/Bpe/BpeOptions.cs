namespace Morgan.EmbeddingService.Tokenizers.Bpe;

/// <summary>The switches of a BPE model.</summary>
internal sealed record BpeOptions
{
    /// <summary>The id of a character that the vocabulary lacks; null: such characters are dropped.</summary>
    public int? UnknownId { get; init; }

    /// <summary>What characters after the first of a piece are looked up with before them.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>What the last character of a piece is looked up with after it, such as <c>&lt;/w&gt;</c>.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>Whether unknown characters in a row make one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether an unknown character becomes its UTF-8 bytes, tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a piece that is a token of the vocabulary is taken whole, whatever the merges say.</summary>
    public bool IgnoreMerges { get; init; }
}
