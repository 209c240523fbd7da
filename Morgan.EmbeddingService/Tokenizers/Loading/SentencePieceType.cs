namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>What a piece stands for, by the numbers of sentencepiece_model.proto.</summary>
internal enum SentencePieceType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Any text that has no piece.</summary>
    Unknown = 2,

    /// <summary>No text, like <c>&lt;s&gt;</c>.</summary>
    Control = 3,

    /// <summary>Text that is always a piece of its own.</summary>
    UserDefined = 4,

    /// <summary>Nothing any more.</summary>
    Unused = 5,

    /// <summary>A byte of UTF-8.</summary>
    Byte = 6,
}
