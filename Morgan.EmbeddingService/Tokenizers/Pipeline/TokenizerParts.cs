using Morgan.EmbeddingService.Tokenizers.AddedTokens;

namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>What a tokenizer is put together from.</summary>
internal sealed record TokenizerParts
{
    /// <summary>Tokens found in the text before anything else.</summary>
    public AddedVocabulary AddedTokens { get; init; } = AddedVocabulary.Empty;

    /// <summary>Rewrites text, or null.</summary>
    public INormalizer? Normalizer { get; init; }

    /// <summary>Splits text, or null for one piece.</summary>
    public IPreTokenizer? PreTokenizer { get; init; }

    /// <summary>Makes ids of pieces.</summary>
    public required ITokenModel Model { get; init; }

    /// <summary>What goes around a text.</summary>
    public SpecialTokens SpecialTokens { get; init; } = SpecialTokens.Nothing;

    /// <summary>Whether a text that is too long loses its start rather than its end.</summary>
    public bool TruncateLeft { get; init; }

    /// <summary>See <see cref="ITokenizer.PadId"/>.</summary>
    public int PadId { get; init; }

    /// <summary>See <see cref="ITokenizer.MaxTokens"/>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>See <see cref="ITokenizer.Fingerprint"/>.</summary>
    public required string Fingerprint { get; init; }
}
