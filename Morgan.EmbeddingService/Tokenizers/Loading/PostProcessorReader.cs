using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads an object under <c>post_processor</c>, as far as it concerns a single text.</summary>
internal static class PostProcessorReader
{
    /// <summary>What the object puts around a text.</summary>
    public static SpecialTokens Read(JsonPart part) => part.Type switch
    {
        // Offsets are all that it changes.
        "ByteLevel" => SpecialTokens.Nothing,
        "BertProcessing" or "RobertaProcessing" => new SpecialTokens([ReadPair(part, "cls")], [ReadPair(part, "sep")], 0),
        "TemplateProcessing" => ReadTemplate(part),
        "Sequence" => part.Required("processors").Items().Select(Read)
            .Aggregate(SpecialTokens.Nothing, (inner, outer) => inner.Inside(outer)),
        var unknown => throw part.Unsupported(unknown),
    };

    /// <summary>Example: <c>"sep":["[SEP]",102]</c>.</summary>
    private static SpecialToken ReadPair(JsonPart part, string name)
    {
        var pair = part.Required(name);
        var items = pair.Items().ToArray();
        return items.Length == 2 ? new SpecialToken(items[1].Id(), 0) : throw pair.Error("is not a token and its id");
    }

    /// <summary>
    /// Example: <c>"single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
    /// "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[101],"tokens":["[CLS]"]}}</c>.
    /// </summary>
    private static SpecialTokens ReadTemplate(JsonPart part)
    {
        var before = new List<SpecialToken>();
        var after = new List<SpecialToken>();
        int? textType = null;
        var single = part.Required("single");
        foreach (var piece in single.Items())
        {
            if (piece.Optional("Sequence") is { } sequence)
            {
                if (textType is not null || sequence.Required("id").String() != "A")
                {
                    throw piece.Error("a template that is not \"A\" once is not supported");
                }

                textType = sequence.Optional("type_id")?.Id() ?? 0;
                continue;
            }

            var token = piece.Required("SpecialToken");
            var type = token.Optional("type_id")?.Id() ?? 0;
            var ids = part.Required("special_tokens").Required(token.Required("id").String()).Required("ids");
            (textType is null ? before : after).AddRange(ids.Items().Select(id => new SpecialToken(id.Id(), type)));
        }

        return new SpecialTokens([.. before], [.. after], textType ?? throw single.Error("has no place for the text"));
    }
}
