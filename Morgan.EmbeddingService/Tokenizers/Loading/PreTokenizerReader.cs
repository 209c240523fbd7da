using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.PreTokenizers;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads an object under <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    /// <summary>The step that the object describes.</summary>
    public static IPreTokenizer Read(JsonPart part) => part.Type switch
    {
        "BertPreTokenizer" => WordPreTokenizer.Bert,
        "ByteLevel" => new ByteLevelPreTokenizer(part.Required("add_prefix_space").Boolean(), part.Boolean("use_regex", absent: true)),
        "CharDelimiterSplit" => CharSplitPreTokenizer.Delimiter(ReadCharacter(part.Required("delimiter"))),
        "Digits" => CharSplitPreTokenizer.Digits(part.Required("individual_digits").Boolean()),
        "Metaspace" => ReadMetaspace(part),
        "Punctuation" => CharSplitPreTokenizer.Punctuation(
            part.Optional("behavior") is { } behavior ? ReadBehavior(behavior) : SplitBehavior.Isolated),
        "Sequence" => new SequencePreTokenizer([.. part.Required("pretokenizers").Items().Select(Read)]),
        "Split" => ReadSplit(part),
        "Whitespace" => WordPreTokenizer.Whitespace,
        "WhitespaceSplit" => WordPreTokenizer.WhitespaceSplit,
        var unknown => throw part.Unsupported(unknown),
    };

    /// <summary>Example: <c>{"type":"Split","pattern":{"Regex":"\\p{N}"},"behavior":"Isolated","invert":false}</c>.</summary>
    private static IPreTokenizer ReadSplit(JsonPart part)
    {
        var behavior = ReadBehavior(part.Required("behavior"));
        var invert = part.Required("invert").Boolean();
        return PatternReader.Read(part.Required("pattern"), out var literal) is { } pattern
            ? new PatternSplitPreTokenizer(pattern, behavior, invert)
            : new StringSplitPreTokenizer(literal, behavior, invert);
    }

    /// <summary>
    /// Examples: <c>{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}</c> and, as older files
    /// have it, <c>{"type":"Metaspace","replacement":"▁","add_prefix_space":true}</c>.
    /// </summary>
    private static MetaspacePreTokenizer ReadMetaspace(JsonPart part)
    {
        var scheme = part.Optional("prepend_scheme") is { } written
            ? written.String() switch
            {
                "always" => PrependScheme.Always,
                "first" => PrependScheme.First,
                "never" => PrependScheme.Never,
                var unknown => throw written.Unsupported(unknown),
            }
            : PrependScheme.Always;
        if (!part.Boolean("add_prefix_space", absent: true))
        {
            scheme = PrependScheme.Never;
        }

        var mark = part.Required("replacement");
        return ReadCharacter(mark) is <= char.MaxValue and var c
            ? new MetaspacePreTokenizer((char)c, scheme, part.Boolean("split", absent: true))
            : throw mark.Unsupported("a character past U+FFFF");
    }

    private static SplitBehavior ReadBehavior(JsonPart part) => part.String() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var unknown => throw part.Unsupported(unknown),
    };

    private static int ReadCharacter(JsonPart part) =>
        part.String().EnumerateRunes().ToArray() is [var rune] ? rune.Value : throw part.Error("is not one character");
}
