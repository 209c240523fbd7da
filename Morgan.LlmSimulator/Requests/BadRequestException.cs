namespace Morgan.LlmSimulator.Requests;

/// <summary>The request can't be answered; the client's fault.</summary>
internal sealed class BadRequestException(HostError error) : Exception(error.Message)
{
    /// <summary>What the client is told.</summary>
    public HostError Error { get; } = error;

    /// <summary>A parameter with a value that isn't allowed.</summary>
    public static BadRequestException InvalidValue(string parameter, string message) =>
        new(new HostError(400, "invalid_request_error", "invalid_value", message, parameter));

    /// <summary>A parameter that has to be there.</summary>
    public static BadRequestException Missing(string parameter) =>
        new(new HostError(400, "invalid_request_error", "missing_required_parameter", $"Missing required parameter: '{parameter}'.", parameter));
}
