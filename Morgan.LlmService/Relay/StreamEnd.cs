using System.Buffers;
using System.Text.Json;
using Morgan.LlmService.Metering;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Relay;

/// <summary>
/// Writes the end of a stream that could not be finished. Chat and completions:
/// <code>
/// data: {"error":{"message":"…","type":"server_error","param":null,"code":"stream_interrupted"},"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}
/// data: [DONE]
/// </code>
/// Responses:
/// <code>
/// event: error
/// data: {"type":"error","code":"stream_interrupted","message":"…","param":null,"sequence_number":7}
/// </code>
/// </summary>
internal static class StreamEnd
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    /// <summary>Writes it for a stream of chunks.</summary>
    public static void WriteChunks(IBufferWriter<byte> output, OpenAiError error, TokenUsage usage)
    {
        output.Write("data: "u8);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            error.WriteFields(json);
            json.WriteEndObject();
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", usage.Input);
            json.WriteNumber("completion_tokens", usage.Output);
            json.WriteNumber("total_tokens", usage.Total);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.Write("\n\ndata: [DONE]\n\n"u8);
    }

    /// <summary>Writes it for a stream of responses.</summary>
    public static void WriteResponses(IBufferWriter<byte> output, OpenAiError error, long sequenceNumber)
    {
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", "error");
            json.WriteString("code", error.Code);
            json.WriteString("message", error.Message);
            json.WriteNull("param");
            json.WriteNumber("sequence_number", sequenceNumber);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }
}
