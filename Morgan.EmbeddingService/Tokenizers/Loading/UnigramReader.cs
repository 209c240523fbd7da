using System.Text.Json;
using Morgan.EmbeddingService.Tokenizers.Unigram;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads a model of type Unigram: <c>{"unk_id":0,"vocab":[["&lt;unk&gt;",0.0],["▁the",-3.5]],"byte_fallback":false}</c>.</summary>
internal static class UnigramReader
{
    /// <summary>
    /// How many entries at the start of a vocabulary of TensorFlow.js's Universal Sentence Encoder stand for no text
    /// (RESERVED_SYMBOLS_COUNT in @tensorflow-models/universal-sentence-encoder).
    /// </summary>
    private const int ReservedSymbols = 6;

    /// <summary>The model that the object describes.</summary>
    public static UnigramModel Read(JsonPart part)
    {
        var tokens = new List<string>();
        var scores = new List<double>();
        var missingScores = false;
        foreach (var entry in part.Required("vocab").Items())
        {
            var items = entry.Items().ToArray();
            if (items.Length != 2)
            {
                throw entry.Error("is not a token and its score");
            }

            tokens.Add(items[0].String());
            missingScores |= items[1].Kind == JsonValueKind.Null;
            scores.Add(items[1].Kind == JsonValueKind.Null ? 0 : items[1].Number());
        }

        var unknown = part.Required("unk_id");
        if (unknown.Id() >= tokens.Count)
        {
            throw unknown.Error($"is not an id of the {tokens.Count} tokens");
        }

        // Hugging Face's library refuses a file with scores of null. The one tokenizer that has them is TensorFlow.js's, which
        // reckons with them as 0 and never matches its reserved symbols in text.
        return new UnigramModel(missingScores
            ? new UnigramVocabulary(
                [.. tokens], [.. scores], unknown.Id(), byteFallback: false, PathRule.TensorFlowJs, id => id >= ReservedSymbols)
            : new UnigramVocabulary([.. tokens], [.. scores], unknown.Id(), part.Boolean("byte_fallback", false)));
    }
}
