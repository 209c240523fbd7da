using System.Globalization;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>What a family of models does with a SentencePiece vocabulary beyond what the *.model file says.</summary>
internal sealed record SentencePieceFamily
{
    private string[] Before { get; init; } = [];

    private string[] After { get; init; } = [];

    private bool HasFairseqIds { get; init; }

    private int ExtraIds { get; init; }

    /// <summary>Whether the unknown token is recognised where a text spells it.</summary>
    public bool MatchesUnknown { get; private init; }

    /// <summary>Whether white space before a special token belongs to it, as with XLM-RoBERTa's <c>&lt;mask&gt;</c>.</summary>
    public bool StripsLeft(string token) => HasFairseqIds && token == "<mask>";

    /// <summary>The family that tokenizer_config.json names by <c>tokenizer_class</c>.</summary>
    /// <exception cref="TokenizerFormatException">A class that is not supported.</exception>
    public static SentencePieceFamily Of(JsonPart? config)
    {
        var name = config?.Optional("tokenizer_class");
        return name?.String() switch
        {
            null or "PreTrainedTokenizer" or "PreTrainedTokenizerFast" => new SentencePieceFamily(),
            "T5Tokenizer" or "T5TokenizerFast" => new SentencePieceFamily
            {
                After = ["</s>"],
                ExtraIds = config!.Optional("extra_ids")?.Id() ?? 100,
                MatchesUnknown = true,
            },
            "XLMRobertaTokenizer" or "XLMRobertaTokenizerFast" => new SentencePieceFamily
            {
                Before = ["<s>"],
                After = ["</s>"],
                HasFairseqIds = true,
                MatchesUnknown = true,
            },
            var unknown => throw name!.Unsupported($"{unknown} without a tokenizer.json"),
        };
    }

    /// <summary>Puts the pieces in the order of the family's ids.</summary>
    public SentencePieceFile Rearrange(SentencePieceFile model)
    {
        if (HasFairseqIds)
        {
            // fairseq has its own four tokens first, and <mask> last.
            return model with
            {
                Pieces =
                [
                    new SentencePiece("<s>", 0, SentencePieceType.Control),
                    new SentencePiece("<pad>", 0, SentencePieceType.Control),
                    new SentencePiece("</s>", 0, SentencePieceType.Control),
                    new SentencePiece("<unk>", 0, SentencePieceType.Unknown),
                    .. model.Pieces.Skip(3),
                    new SentencePiece("<mask>", 0, SentencePieceType.Control),
                ],
            };
        }

        // <extra_id_0> has the highest id.
        return model with
        {
            Pieces =
            [
                .. model.Pieces,
                .. Enumerable.Range(0, ExtraIds).Select(i => new SentencePiece(
                    string.Create(CultureInfo.InvariantCulture, $"<extra_id_{ExtraIds - 1 - i}>"), 0, SentencePieceType.Control)),
            ],
        };
    }

    /// <summary>What goes around a text.</summary>
    public SpecialTokens SpecialTokens(string file, ITokenModel model) => new(Find(Before, file, model), Find(After, file, model), 0);

    private static SpecialToken[] Find(string[] tokens, string file, ITokenModel model) =>
        [.. tokens.Select(token => new SpecialToken(
            model.IdOf(token) ?? throw new TokenizerFormatException(file, "pieces", $"{token} is missing"), 0))];
}
