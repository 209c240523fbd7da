using System.Text;
using Morgan.EmbeddingService.Tokenizers.AddedTokens;
using Morgan.EmbeddingService.Tokenizers.Normalizers;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.PreTokenizers;
using Morgan.EmbeddingService.Tokenizers.Trie;
using Morgan.EmbeddingService.Tokenizers.WordPiece;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>
/// Makes BERT's tokenizer of a vocab.txt (a token a line, its id the line's number from 0) that lies there without a
/// tokenizer.json. What tokenizer_config.json leaves open is as in transformers' BertTokenizer: uncased.
/// </summary>
internal sealed class VocabTextReader
{
    private const int MaxWordLength = 100;

    private static readonly (string Key, string Default)[] SpecialKeys =
        [("unk_token", "[UNK]"), ("cls_token", "[CLS]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("mask_token", "[MASK]")];

    private readonly string _file;
    private readonly JsonPart? _config;
    private readonly TokenVocabulary _vocabulary;

    private VocabTextReader(string file, byte[] bytes, JsonPart? config)
    {
        _file = file;
        _config = config;
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        using var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        for (var id = 0; reader.ReadLine() is { } line; id++)
        {
            ids[line.TrimEnd()] = id;
        }

        _vocabulary = new TokenVocabulary(ids);
    }

    /// <summary>Puts together what the files describe.</summary>
    /// <param name="file">The vocab.txt's name, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="config">tokenizer_config.json, if there is one.</param>
    /// <param name="fingerprint">See <see cref="ITokenizer.Fingerprint"/>.</param>
    /// <exception cref="TokenizerFormatException">A special token is missing, or the configuration is for another class.</exception>
    public static TokenizerParts Read(string file, byte[] bytes, JsonPart? config, string fingerprint) =>
        new VocabTextReader(file, bytes, config).Read(fingerprint);

    private TokenizerParts Read(string fingerprint)
    {
        if (_config?.Optional("tokenizer_class") is { } name
            && name.String() is not ("BertTokenizer" or "BertTokenizerFast" or "DistilBertTokenizer" or "DistilBertTokenizerFast" or "PreTrainedTokenizerFast"))
        {
            throw name.Unsupported($"{name.String()} without a tokenizer.json");
        }

        var lowercase = _config?.Boolean("do_lower_case", absent: true) ?? true;
        return new TokenizerParts
        {
            AddedTokens = new AddedVocabulary(SpecialKeys.Select(SpecialOrNull).OfType<AddedToken>(), normalizer: null),
            Normalizer = BertNormalizer.Of(new BertNormalizerOptions(
                CleanText: true,
                HandleChineseChars: _config?.Boolean("tokenize_chinese_chars", absent: true) ?? true,
                StripAccents: _config?.Boolean("strip_accents", absent: lowercase) ?? lowercase,
                lowercase)),
            PreTokenizer = WordPreTokenizer.Bert,
            Model = new WordPieceModel(_vocabulary, Special("unk_token"), "##", MaxWordLength),
            SpecialTokens = new SpecialTokens([new SpecialToken(Special("cls_token"), 0)], [new SpecialToken(Special("sep_token"), 0)], 0),
            PadId = SpecialOrNull(SpecialKeys[3])?.Id ?? 0,
            Fingerprint = fingerprint,
        };
    }

    private int Special(string key)
    {
        var special = SpecialKeys.Single(special => special.Key == key);
        return SpecialOrNull(special)?.Id ?? throw new TokenizerFormatException(_file, "the file", $"{TextOf(special)} is missing");
    }

    private AddedToken? SpecialOrNull((string Key, string Default) special) =>
        _vocabulary.IdOf(TextOf(special)) is { } id ? new AddedToken { Id = id, Content = TextOf(special), Special = true } : null;

    /// <summary>Examples: <c>"cls_token":"[CLS]"</c>, <c>"cls_token":{"content":"[CLS]","lstrip":false}</c>.</summary>
    private string TextOf((string Key, string Default) special)
    {
        var part = _config?.Optional(special.Key);
        return part is null ? special.Default
            : part.Kind == System.Text.Json.JsonValueKind.Object ? part.Required("content").String()
            : part.String();
    }
}
