using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads the object under <c>model</c>.</summary>
internal static class ModelReader
{
    /// <summary>The model that the object describes.</summary>
    public static ITokenModel Read(JsonPart part) => part.Type switch
    {
        "Unigram" => UnigramReader.Read(part),
        var unknown => throw part.Unsupported(unknown),
    };
}
