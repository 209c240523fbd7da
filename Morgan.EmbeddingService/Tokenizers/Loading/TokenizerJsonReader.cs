using Morgan.EmbeddingService.Tokenizers.AddedTokens;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>
/// Reads a tokenizer.json: <c>{"truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
/// "decoder", "model"}</c>. Decoders do not matter to encoding and are not read.
/// </summary>
internal static class TokenizerJsonReader
{
    /// <summary>Puts together what the file describes.</summary>
    /// <param name="root">The file.</param>
    /// <param name="fingerprint">See <see cref="ITokenizer.Fingerprint"/>.</param>
    /// <exception cref="TokenizerFormatException">A part is damaged or not supported.</exception>
    public static TokenizerParts Read(JsonPart root, string fingerprint)
    {
        var normalizer = root.Optional("normalizer") is { } n ? NormalizerReader.Read(n) : null;
        var model = ModelReader.Read(root.Required("model"));
        var truncation = root.Optional("truncation");
        return new TokenizerParts
        {
            AddedTokens = new AddedVocabulary(ReadAddedTokens(root.Optional("added_tokens"), model), normalizer),
            Normalizer = normalizer,
            PreTokenizer = root.Optional("pre_tokenizer") is { } p ? PreTokenizerReader.Read(p) : null,
            Model = model,
            SpecialTokens = root.Optional("post_processor") is { } s ? PostProcessorReader.Read(s) : SpecialTokens.Nothing,
            TruncateLeft = truncation?.Optional("direction")?.String() == "Left",
            MaxTokens = truncation?.Required("max_length").Id(),
            PadId = root.Optional("padding")?.Optional("pad_id")?.Id() ?? PadIdOf(model),
            Fingerprint = fingerprint,
        };
    }

    private static int PadIdOf(ITokenModel model) => model.IdOf("[PAD]") ?? model.IdOf("<pad>") ?? 0;

    /// <summary>
    /// Example: <c>{"id":0,"content":"[PAD]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}</c>.
    /// The library does not go by the id written there: a token that the model knows has the model's, others follow the
    /// model's in the order of the list.
    /// </summary>
    private static List<AddedToken> ReadAddedTokens(JsonPart? list, ITokenModel model)
    {
        var tokens = new List<AddedToken>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = model.TokenCount;
        foreach (var item in list?.Items() ?? [])
        {
            var content = item.Required("content").String();
            if (content.Length == 0)
            {
                continue;
            }

            if (!ids.TryGetValue(content, out var id))
            {
                ids[content] = id = model.IdOf(content) ?? next++;
            }

            tokens.Add(new AddedToken
            {
                Id = id,
                Content = content,
                SingleWord = item.Boolean("single_word", absent: false),
                StripLeft = item.Boolean("lstrip", absent: false),
                StripRight = item.Boolean("rstrip", absent: false),
                Normalized = item.Boolean("normalized", absent: true),
                Special = item.Boolean("special", absent: false),
            });
        }

        return tokens;
    }
}
