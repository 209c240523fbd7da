using System.Text.Json;
using Morgan.EmbeddingService.Tokenizers.Bpe;
using Morgan.EmbeddingService.Tokenizers.Trie;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>
/// Reads a model of type BPE: <c>{"dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,
/// "fuse_unk":false,"byte_fallback":false,"ignore_merges":false,"vocab":{"a":0},"merges":[["a","b"]]}</c>.
/// </summary>
internal static class BpeReader
{
    /// <summary>The model that the object describes.</summary>
    public static BpeModel Read(JsonPart part)
    {
        if (part.Optional("dropout") is { } dropout && dropout.Number() != 0)
        {
            throw dropout.Error("dropout makes tokens random and is not supported");
        }

        var vocabulary = ModelReader.ReadVocabulary(part.Required("vocab"));
        var options = new BpeOptions
        {
            ContinuingPrefix = part.Optional("continuing_subword_prefix")?.String() ?? "",
            EndOfWordSuffix = part.Optional("end_of_word_suffix")?.String() ?? "",
            FuseUnknown = part.Boolean("fuse_unk", absent: false),
            ByteFallback = part.Boolean("byte_fallback", absent: false),
            IgnoreMerges = part.Boolean("ignore_merges", absent: false),
        };
        options = options with { UnknownId = ReadUnknown(part, vocabulary) };
        return new BpeModel(vocabulary, ReadMerges(part.Required("merges"), vocabulary, options.ContinuingPrefix.Length), options);
    }

    /// <summary>
    /// Some byte-level files name an unknown token that their vocabulary lacks. It does not matter where the vocabulary has
    /// every byte, for then nothing is unknown.
    /// </summary>
    private static int? ReadUnknown(JsonPart part, TokenVocabulary vocabulary)
    {
        if (part.Optional("unk_token") is not { } token)
        {
            return null;
        }

        var id = vocabulary.IdOf(token.String());
        var complete = true;
        foreach (var c in ByteLevelAlphabet.Characters)
        {
            complete &= vocabulary.IdOf(c.ToString()) is not null;
        }

        return id is not null || complete ? id : throw token.Error("is not in the vocabulary");
    }

    private static MergeTable ReadMerges(JsonPart part, TokenVocabulary vocabulary, int prefixLength)
    {
        var merges = new List<(int Left, int Right, int Merged)>();
        foreach (var item in part.Items())
        {
            // The first line of a merges.txt, which some files took over.
            if (item.Kind == JsonValueKind.String && item.String().StartsWith("#version", StringComparison.Ordinal))
            {
                continue;
            }

            var (left, right) = ReadPair(item);
            if (right.Length < prefixLength)
            {
                throw item.Error($"{right} is shorter than the prefix of continuing tokens");
            }

            merges.Add((IdOf(left, item, vocabulary), IdOf(right, item, vocabulary), IdOf(left + right[prefixLength..], item, vocabulary)));
        }

        return new MergeTable(merges);
    }

    /// <summary>Examples: <c>["Ġ","t"]</c> and, as older files have it, <c>"Ġ t"</c>.</summary>
    private static (string Left, string Right) ReadPair(JsonPart item)
    {
        var parts = item.Kind == JsonValueKind.String ? item.String().Split(' ') : [.. item.Items().Select(token => token.String())];
        return parts is [var left, var right] ? (left, right) : throw item.Error("is not a pair of tokens");
    }

    private static int IdOf(string token, JsonPart item, TokenVocabulary vocabulary) =>
        vocabulary.IdOf(token) ?? throw item.Error($"{token} is not in the vocabulary");
}
