using System.Text.Json;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Endpoints.Tei;

/// <summary>Errors as Text Embeddings Inference words them: <c>{"error":"…","error_type":"Validation"}</c>.</summary>
internal static class TeiErrors
{
    /// <summary>Endpoint metadata that makes errors look so.</summary>
    public static readonly ErrorBody Body = new(Write);

    private static byte[] Write(OpenAiError error) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
    {
        ["error"] = error.Message,
        ["error_type"] = error.Status switch
        {
            429 => "Overloaded",
            >= 500 => "Backend",
            _ => "Validation",
        },
    });
}
