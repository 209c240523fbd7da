using System.Text.Json;
using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Requests;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Formats;

/// <summary><c>/v1/chat/completions</c>.</summary>
internal sealed class ChatFormat : ITextFormat
{
    private static readonly ChatFormat Instance = new();

    /// <inheritdoc/>
    public string IdPrefix => "chatcmpl-";

    /// <inheritdoc/>
    public int LeadingEvents => 1;

    /// <inheritdoc/>
    public string? TextEventName => null;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="BadRequestException">A field is missing or wrong.</exception>
    public static HostRequest Read(JsonElement body)
    {
        string model = RequestBody.Model(body);
        if (RequestBody.Field(body, "messages", JsonValueKind.Array) is not { } messages)
        {
            throw BadRequestException.Missing("messages");
        }

        if (messages.GetArrayLength() == 0)
        {
            throw BadRequestException.InvalidValue("messages", "'messages' must have at least one message.");
        }

        var reader = new MessageReader();
        reader.ReadAll(messages, "messages");
        return new GenerationRequest
        {
            Format = Instance,
            Model = model,
            Prompts = [reader.ToPrompt()],
            Stream = RequestBody.Flag(body, "stream"),
            IncludeUsage = RequestBody.IncludeUsage(body),
            MaxTokens = RequestBody.Number(body, "max_completion_tokens", 1) ?? RequestBody.Number(body, "max_tokens", 1),
            Stop = RequestBody.Stop(body),
            Choices = RequestBody.Choices(body),
            Seed = RequestBody.Seed(body),
            Images = reader.Images,
            Tools = RequestBody.Tools(body),
        };
    }

    /// <inheritdoc/>
    public void WriteJson(Utf8JsonWriter json, Answer answer)
    {
        WriteHead(json, answer, "chat.completion");
        for (int i = 0; i < answer.Choices.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("index", i);
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteText("content", answer.Choices[i].Text);
            json.WriteNull("refusal");
            json.WriteEndObject();
            json.WriteNull("logprobs");
            json.WriteString("finish_reason", answer.Choices[i].FinishReason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (answer.Usage is not null)
        {
            json.WriteUsage(answer.Usage);
        }

        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public IEnumerable<StreamEvent> Events(Answer answer)
    {
        using var buffer = new EventBuffer();
        for (int i = 0; i < answer.Choices.Count; i++)
        {
            yield return new(Chunk(buffer, answer, i, role: "assistant", content: ""), Step: 0);
        }

        for (int step = 0; step < answer.Steps; step++)
        {
            for (int i = 0; i < answer.Choices.Count; i++)
            {
                if (step < answer.Choices[i].Tokens.Count)
                {
                    yield return new(Chunk(buffer, answer, i, content: answer.Choices[i].Tokens[step]), step, Tokens: 1);
                }
            }
        }

        for (int i = 0; i < answer.Choices.Count; i++)
        {
            yield return new(Chunk(buffer, answer, i, finishReason: answer.Choices[i].FinishReason), answer.Steps);
        }

        if (answer is { StreamUsage: true, Usage: { } usage })
        {
            var json = buffer.Begin();
            WriteHead(json, answer, "chat.completion.chunk");
            json.WriteEndArray();
            json.WriteUsage(usage);
            json.WriteEndObject();
            yield return new(buffer.End(), answer.Steps);
        }

        yield return new(EventBuffer.Done, answer.Steps, IsLast: true);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ErrorEvents(OpenAiError error) => ErrorEvent.WithDone(error);

    private static ReadOnlyMemory<byte> Chunk(
        EventBuffer buffer, Answer answer, int index, string? role = null, string? content = null, string? finishReason = null)
    {
        var json = buffer.Begin();
        WriteHead(json, answer, "chat.completion.chunk");
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteStartObject("delta");
        if (role is not null)
        {
            json.WriteString("role", role);
        }

        if (content is not null)
        {
            json.WriteText("content", content);
        }

        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (answer.StreamUsage)
        {
            json.WriteNull("usage");
        }

        json.WriteEndObject();
        return buffer.End();
    }

    /// <summary>Everything up to the choices, whose array is left open.</summary>
    private static void WriteHead(Utf8JsonWriter json, Answer answer, string type)
    {
        json.WriteStartObject();
        json.WriteString("id", "chatcmpl-" + answer.Id);
        json.WriteString("object", type);
        json.WriteNumber("created", answer.Created);
        json.WriteString("model", answer.Model);
        json.WriteString("system_fingerprint", "fp_" + answer.HostName);
        json.WriteStartArray("choices");
    }
}
