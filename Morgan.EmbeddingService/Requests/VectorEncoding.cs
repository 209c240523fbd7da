namespace Morgan.EmbeddingService.Requests;

/// <summary>How vectors are written into the answer: OpenAI's <c>encoding_format</c>.</summary>
internal enum VectorEncoding
{
    /// <summary>JSON numbers.</summary>
    Float,

    /// <summary>Little-endian 32-bit floats in base64.</summary>
    Base64,
}
