using System.Text.Json;
using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Requests;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Formats;

/// <summary><c>/v1/completions</c>.</summary>
internal sealed class CompletionFormat : ITextFormat
{
    private static readonly CompletionFormat Instance = new();

    /// <inheritdoc/>
    public string IdPrefix => "cmpl-";

    /// <inheritdoc/>
    public int LeadingEvents => 0;

    /// <inheritdoc/>
    public string? TextEventName => null;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="BadRequestException">A field is missing or wrong.</exception>
    public static HostRequest Read(JsonElement body)
    {
        string model = RequestBody.Model(body);
        int choices = RequestBody.Choices(body);
        return new GenerationRequest
        {
            Format = Instance,
            Model = model,
            Prompts = PromptReader.Read(body, "prompt", RequestBody.MaxChoices / choices),
            Stream = RequestBody.Flag(body, "stream"),
            IncludeUsage = RequestBody.IncludeUsage(body),
            MaxTokens = RequestBody.Number(body, "max_tokens", 1),
            Stop = RequestBody.Stop(body),
            Choices = choices,
            Seed = RequestBody.Seed(body),
        };
    }

    /// <inheritdoc/>
    public void WriteJson(Utf8JsonWriter json, Answer answer)
    {
        WriteHead(json, answer);
        for (int i = 0; i < answer.Choices.Count; i++)
        {
            WriteChoice(json, i, answer.Choices[i].Text, answer.Choices[i].FinishReason);
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
        for (int step = 0; step < answer.Steps; step++)
        {
            for (int i = 0; i < answer.Choices.Count; i++)
            {
                if (step < answer.Choices[i].Tokens.Count)
                {
                    yield return new(Chunk(buffer, answer, i, answer.Choices[i].Tokens[step], null), step, Tokens: 1);
                }
            }
        }

        for (int i = 0; i < answer.Choices.Count; i++)
        {
            yield return new(Chunk(buffer, answer, i, "", answer.Choices[i].FinishReason), answer.Steps);
        }

        if (answer is { StreamUsage: true, Usage: { } usage })
        {
            var json = buffer.Begin();
            WriteHead(json, answer);
            json.WriteEndArray();
            json.WriteUsage(usage);
            json.WriteEndObject();
            yield return new(buffer.End(), answer.Steps);
        }

        yield return new(EventBuffer.Done, answer.Steps, IsLast: true);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ErrorEvents(OpenAiError error) => ErrorEvent.WithDone(error);

    private static ReadOnlyMemory<byte> Chunk(EventBuffer buffer, Answer answer, int index, string text, string? finishReason)
    {
        var json = buffer.Begin();
        WriteHead(json, answer);
        WriteChoice(json, index, text, finishReason);
        json.WriteEndArray();
        if (answer.StreamUsage)
        {
            json.WriteNull("usage");
        }

        json.WriteEndObject();
        return buffer.End();
    }

    private static void WriteChoice(Utf8JsonWriter json, int index, string text, string? finishReason)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteText("text", text);
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finishReason);
        json.WriteEndObject();
    }

    /// <summary>Everything up to the choices, whose array is left open.</summary>
    private static void WriteHead(Utf8JsonWriter json, Answer answer)
    {
        json.WriteStartObject();
        json.WriteString("id", "cmpl-" + answer.Id);
        json.WriteString("object", "text_completion");
        json.WriteNumber("created", answer.Created);
        json.WriteString("model", answer.Model);
        json.WriteString("system_fingerprint", "fp_" + answer.HostName);
        json.WriteStartArray("choices");
    }
}
