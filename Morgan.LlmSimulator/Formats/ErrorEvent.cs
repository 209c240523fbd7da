using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Formats;

/// <summary>How a host tells of a failure when status 200 is already out.</summary>
internal static class ErrorEvent
{
    /// <summary>As vLLM does: an event with the error object, then <c>[DONE]</c>.</summary>
    public static ReadOnlyMemory<byte> WithDone(OpenAiError error) =>
        (byte[])[.. "data: "u8, .. error.ToJson(), .. "\n\n"u8, .. EventBuffer.Done.Span];
}
