using System.Text.Json;
using Morgan.LlmSimulator.Answers;

namespace Morgan.LlmSimulator.Formats;

/// <summary>The objects of <c>/v1/responses</c>.</summary>
internal static class ResponseJson
{
    /// <summary>A response: finished, or as it stands before its first token.</summary>
    public static void WriteResponse(Utf8JsonWriter json, Answer answer, bool finished)
    {
        bool cutShort = finished && answer.Choices[0].FinishReason == "length";
        json.WriteStartObject();
        json.WriteString("id", "resp_" + answer.Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", answer.Created);
        json.WriteString("status", !finished ? "in_progress" : cutShort ? "incomplete" : "completed");
        json.WriteNull("error");
        json.WritePropertyName("incomplete_details");
        if (cutShort)
        {
            json.WriteStartObject();
            json.WriteString("reason", "max_output_tokens");
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("model", answer.Model);
        json.WriteStartArray("output");
        if (finished)
        {
            WriteMessage(json, answer, finished);
        }

        json.WriteEndArray();
        json.WriteBoolean("parallel_tool_calls", true);
        json.WriteString("previous_response_id", answer.PreviousResponseId);
        json.WriteBoolean("store", answer.Stored);
        json.WriteString("tool_choice", "auto");
        json.WriteStartArray("tools");
        json.WriteEndArray();
        if (!finished)
        {
            json.WriteNull("usage");
        }
        else if (answer.Usage is { } usage)
        {
            WriteUsage(json, usage);
        }

        json.WriteEndObject();
    }

    /// <summary>The one output message.</summary>
    public static void WriteMessage(Utf8JsonWriter json, Answer answer, bool finished)
    {
        json.WriteStartObject();
        json.WriteString("id", "msg_" + answer.Id);
        json.WriteString("type", "message");
        json.WriteString("status", !finished ? "in_progress" : answer.Choices[0].FinishReason == "length" ? "incomplete" : "completed");
        json.WriteString("role", "assistant");
        json.WriteStartArray("content");
        if (finished)
        {
            WritePart(json, answer.Choices[0].Text);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The message's one text part.</summary>
    public static void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "output_text");
        json.WriteText("text", text);
        json.WriteStartArray("annotations");
        json.WriteEndArray();
        json.WriteStartArray("logprobs");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", usage.PromptTokens);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", usage.CompletionTokens);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", usage.TotalTokens);
        json.WriteEndObject();
    }
}
