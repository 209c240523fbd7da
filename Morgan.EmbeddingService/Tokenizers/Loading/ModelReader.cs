using System.Text.Json;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Trie;
using Morgan.EmbeddingService.Tokenizers.WordLevel;
using Morgan.EmbeddingService.Tokenizers.WordPiece;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads the object under <c>model</c>.</summary>
internal static class ModelReader
{
    /// <summary>
    /// Ids lie below this: far more than any vocabulary has, and few enough that tables indexed by id stay small when a
    /// damaged file says otherwise.
    /// </summary>
    public const int MaxIds = 1 << 24;

    /// <summary>The model that the object describes.</summary>
    public static ITokenModel Read(JsonPart part) => TypeOf(part) switch
    {
        "BPE" => BpeReader.Read(part),
        "Unigram" => UnigramReader.Read(part),
        "WordLevel" => ReadWordLevel(part),
        "WordPiece" => ReadWordPiece(part),
        var unknown => throw part.Unsupported(unknown),
    };

    /// <summary>Reads an object of tokens and their ids.</summary>
    public static TokenVocabulary ReadVocabulary(JsonPart part)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in part.Members())
        {
            ids[token] = id.Id() < MaxIds ? id.Id() : throw id.Error($"is not below {MaxIds}");
        }

        return new TokenVocabulary(ids);
    }

    /// <summary>The model's type; files from before the library wrote one show it in their members.</summary>
    private static string TypeOf(JsonPart part) => part.Optional("type")?.String() switch
    {
        { } type => type,
        null when part.Optional("merges") is not null => "BPE",
        null when part.Optional("continuing_subword_prefix") is not null => "WordPiece",
        null when part.Required("vocab").Kind == JsonValueKind.Array => "Unigram",
        null => "WordLevel",
    };

    /// <summary>Example: <c>{"type":"WordLevel","unk_token":"[UNK]","vocab":{"[UNK]":0,"the":1}}</c>.</summary>
    private static WordLevelModel ReadWordLevel(JsonPart part)
    {
        var vocabulary = ReadVocabulary(part.Required("vocab"));
        return new WordLevelModel(vocabulary, ReadUnknown(part, vocabulary));
    }

    /// <summary>
    /// Example: <c>{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
    /// "vocab":{"[PAD]":0}}</c>.
    /// </summary>
    private static WordPieceModel ReadWordPiece(JsonPart part)
    {
        var vocabulary = ReadVocabulary(part.Required("vocab"));
        return new WordPieceModel(
            vocabulary,
            ReadUnknown(part, vocabulary),
            part.Required("continuing_subword_prefix").String(),
            part.Required("max_input_chars_per_word").Id());
    }

    private static int ReadUnknown(JsonPart part, TokenVocabulary vocabulary)
    {
        var token = part.Required("unk_token");
        return vocabulary.IdOf(token.String()) ?? throw token.Error("is not in the vocabulary");
    }
}
