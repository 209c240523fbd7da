using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads an object under <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    /// <summary>The step that the object describes.</summary>
    public static IPreTokenizer Read(JsonPart part) => part.Type switch
    {
        var unknown => throw part.Unsupported(unknown),
    };
}
