using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Requests;

/// <summary>The request can't be answered; the client's fault.</summary>
internal sealed class BadRequestException(OpenAiError error) : Exception(error.Message)
{
    /// <summary>What the client is told.</summary>
    public OpenAiError Error { get; } = error;

    /// <summary>A parameter with a value that isn't allowed.</summary>
    public static BadRequestException InvalidValue(string parameter, string message) => new(OpenAiError.InvalidValue(parameter, message));

    /// <summary>A parameter that has to be there.</summary>
    public static BadRequestException Missing(string parameter) => new(OpenAiError.MissingParameter(parameter));

    /// <summary>A body that is no JSON object, or one with a string that is no text.</summary>
    public static BadRequestException InvalidJson(string message) => new(OpenAiError.InvalidJson(message));
}
