using Morgan.EmbeddingService.Tokenizers.Normalizers;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads an object under <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    /// <summary>The step that the object describes.</summary>
    public static INormalizer Read(JsonPart part) => part.Type switch
    {
        "BertNormalizer" => ReadBert(part),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Lowercase" => new LowercaseNormalizer(),
        "NFC" => new UnicodeNormalizer(compatible: false, compose: true),
        "NFD" => new UnicodeNormalizer(compatible: false, compose: false),
        "NFKC" => new UnicodeNormalizer(compatible: true, compose: true),
        "NFKD" => new UnicodeNormalizer(compatible: true, compose: false),
        "Nmt" => FilterNormalizer.Nmt,
        "Precompiled" => ReadPrecompiled(part.Required("precompiled_charsmap")),
        "Prepend" => new PrependNormalizer(part.Required("prepend").String()),
        "Replace" => ReadReplace(part),
        "Sequence" => new SequenceNormalizer([.. part.Required("normalizers").Items().Select(Read)]),
        "Strip" => new StripNormalizer(part.Required("strip_left").Boolean(), part.Required("strip_right").Boolean()),
        "StripAccents" => FilterNormalizer.StripAccents,
        var unknown => throw part.Unsupported(unknown),
    };

    /// <summary>Example: <c>{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}</c>.</summary>
    private static BertNormalizer ReadBert(JsonPart part)
    {
        var lowercase = part.Required("lowercase").Boolean();
        return BertNormalizer.Of(new BertNormalizerOptions(
            part.Required("clean_text").Boolean(),
            part.Required("handle_chinese_chars").Boolean(),
            part.Boolean("strip_accents", absent: lowercase),
            lowercase));
    }

    private static PrecompiledNormalizer ReadPrecompiled(JsonPart map)
    {
        try
        {
            return new PrecompiledNormalizer(CharsMap.Parse(Convert.FromBase64String(map.String())));
        }
        catch (Exception e) when (e is FormatException and not TokenizerFormatException or InvalidDataException)
        {
            throw map.Error(e.Message);
        }
    }

    /// <summary>Examples: <c>{"type":"Replace","pattern":{"String":" "},"content":"▁"}</c>, <c>{…"pattern":{"Regex":" {2,}"}…}</c>.</summary>
    private static INormalizer ReadReplace(JsonPart part)
    {
        var content = part.Required("content").String();
        return PatternReader.Read(part.Required("pattern"), out var literal) is { } pattern
            ? new PatternReplaceNormalizer(pattern, content)
            : new ReplaceNormalizer(literal, content);
    }
}
