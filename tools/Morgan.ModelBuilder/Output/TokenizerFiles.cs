using System.Text;
using System.Text.Json;

namespace Morgan.ModelBuilder.Output;

/// <summary>
/// The encoder's tokenizer in Hugging Face's format: NFKC, a leading U+2581, every space a U+2581, then the most likely
/// segmentation into pieces (Unigram). There are no special tokens.
/// </summary>
internal static class TokenizerFiles
{
    private const string BeforeVocabulary =
        """{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},"pre_tokenizer":null,"post_processor":null,"decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},"model":{"type":"Unigram","unk_id":0,"vocab":""";

    private const string AfterVocabulary = ""","byte_fallback":false}}""";

    private const int PieceCount = 8000;

    // model_max_length is where readers of this folder learn that longer texts are cut.
    private const string Configuration =
        """{"tokenizer_class":"PreTrainedTokenizerFast","model_max_length":128,"unk_token":"�","clean_up_tokenization_spaces":false}""";

    /// <summary>Makes tokenizer.json and tokenizer_config.json from the package's vocab.json.</summary>
    /// <exception cref="BuildException">The vocabulary is not 8,000 pairs of a piece and its log probability.</exception>
    public static IEnumerable<ModelFile> Build(byte[] vocabulary)
    {
        Check(vocabulary);
        // The vocabulary stays as the package spells it: a JSON writer would escape some pieces and round some scores.
        byte[] tokenizer =
            [.. Encoding.UTF8.GetBytes(BeforeVocabulary), .. vocabulary, .. Encoding.UTF8.GetBytes(AfterVocabulary)];
        return
        [
            new ModelFile("tokenizer.json", tokenizer),
            new ModelFile("tokenizer_config.json", Encoding.UTF8.GetBytes(Configuration)),
        ];
    }

    private static void Check(byte[] vocabulary)
    {
        try
        {
            using var json = JsonDocument.Parse(vocabulary);
            var pieces = 0;
            foreach (var pair in json.RootElement.EnumerateArray())
            {
                if (!IsPiece(pair))
                {
                    throw new BuildException($"vocab.json has something that is no piece with its score: {pair.GetRawText()}");
                }

                pieces++;
            }

            if (pieces != PieceCount)
            {
                throw new BuildException($"vocab.json has {pieces} pieces, not {PieceCount}");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BuildException($"vocab.json is not a list of pieces: {exception.Message}", exception);
        }
    }

    // Seven pieces with a colon have null for a score, which TensorFlow.js's tokenizer adds up as 0.
    private static bool IsPiece(JsonElement pair) =>
        pair.ValueKind == JsonValueKind.Array
        && pair.GetArrayLength() == 2
        && pair[0].ValueKind == JsonValueKind.String
        && pair[1].ValueKind is JsonValueKind.Number or JsonValueKind.Null;
}
