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

    /// <summary>Example: <c>{"id":0,"content":"[PAD]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}</c>.</summary>
    private static IEnumerable<AddedToken> ReadAddedTokens(JsonPart? list, ITokenModel model)
    {
        if (list is null)
        {
            yield break;
        }

        foreach (var item in list.Items())
        {
            var content = item.Required("content").String();
            yield return new AddedToken
            {
                // The library goes by the model's own id where the model knows the token.
                Id = model.IdOf(content) ?? item.Required("id").Id(),
                Content = content,
                SingleWord = item.Boolean("single_word", false),
                StripLeft = item.Boolean("lstrip", false),
                StripRight = item.Boolean("rstrip", false),
                Normalized = item.Boolean("normalized", true),
                Special = item.Boolean("special", false),
            };
        }
    }
}
