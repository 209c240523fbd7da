using System.Text.Json;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Endpoints.Ollama;

/// <summary>Errors as Ollama words them: <c>{"error":"…"}</c>.</summary>
internal static class OllamaErrors
{
    /// <summary>Endpoint metadata that makes errors look so.</summary>
    public static readonly ErrorBody Body = new(error =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["error"] = error.Message }));
}
