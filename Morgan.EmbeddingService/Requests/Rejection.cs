using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Requests;

/// <summary>Ends a request with a clear error; thrown only where something is wrong, so its cost is on nobody's good path.</summary>
internal sealed class Rejection(OpenAiError error) : Exception(error.Message)
{
    /// <summary>What the client is told.</summary>
    public OpenAiError Error { get; } = error;

    /// <summary>400: a field has a value that cannot be served.</summary>
    public static Rejection InvalidValue(string param, string message) => new(OpenAiError.InvalidValue(param, message));

    /// <summary>400: a field that must be there is not.</summary>
    public static Rejection Missing(string param) => new(OpenAiError.MissingParameter(param));
}
