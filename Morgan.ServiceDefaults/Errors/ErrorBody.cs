namespace Morgan.ServiceDefaults.Errors;

/// <summary>Endpoint metadata for APIs whose errors do not look like OpenAI's (TEI, Ollama).</summary>
/// <param name="Write">Makes the JSON body, UTF-8, from the error.</param>
public sealed record ErrorBody(Func<OpenAiError, byte[]> Write);
