using System.Text.Json;
using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Requests;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Formats;

/// <summary><c>/v1/responses</c>: one output message with one text part.</summary>
internal sealed class ResponsesFormat : ITextFormat
{
    private static readonly ResponsesFormat Instance = new();

    /// <inheritdoc/>
    public string IdPrefix => "resp_";

    /// <inheritdoc/>
    public int LeadingEvents => 4;

    /// <inheritdoc/>
    public string? TextEventName => "response.output_text.delta";

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="BadRequestException">A field is missing or wrong.</exception>
    public static HostRequest Read(JsonElement body)
    {
        string model = RequestBody.Model(body);
        var reader = new MessageReader();
        if (RequestBody.Text(body, "instructions") is { } instructions)
        {
            reader.Add(instructions, fromUser: false);
        }

        if (!body.TryGetProperty("input", out var input) || input.ValueKind == JsonValueKind.Null)
        {
            throw BadRequestException.Missing("input");
        }

        switch (input.ValueKind)
        {
            case JsonValueKind.String:
                reader.Add(input.GetString()!, fromUser: true);
                break;
            case JsonValueKind.Array:
                reader.ReadAll(input, "input");
                break;
            default:
                throw BadRequestException.InvalidValue("input", "'input' must be a string or an array of items.");
        }

        return new GenerationRequest
        {
            Format = Instance,
            Model = model,
            Prompts = [reader.ToPrompt()],
            Stream = RequestBody.Flag(body, "stream"),
            MaxTokens = RequestBody.Number(body, "max_output_tokens", 1),
            Images = reader.Images,
            Tools = RequestBody.Tools(body),
            PreviousResponseId = RequestBody.Text(body, "previous_response_id"),
            Store = RequestBody.Flag(body, "store", otherwise: true),
        };
    }

    /// <inheritdoc/>
    public void WriteJson(Utf8JsonWriter json, Answer answer) => ResponseJson.WriteResponse(json, answer, finished: true);

    /// <inheritdoc/>
    public IEnumerable<StreamEvent> Events(Answer answer)
    {
        using var events = new ResponseEvents(answer);
        var choice = answer.Choices[0];
        yield return new(events.Response("response.created", finished: false), Step: 0);
        yield return new(events.Response("response.in_progress", finished: false), Step: 0);
        yield return new(events.Item("response.output_item.added", finished: false), Step: 0);
        yield return new(events.Part("response.content_part.added", ""), Step: 0);
        for (int step = 0; step < choice.Tokens.Count; step++)
        {
            yield return new(events.Text("response.output_text.delta", "delta", choice.Tokens[step]), step, Tokens: 1);
        }

        string text = choice.Text;
        yield return new(events.Text("response.output_text.done", "text", text), answer.Steps);
        yield return new(events.Part("response.content_part.done", text), answer.Steps);
        yield return new(events.Item("response.output_item.done", finished: true), answer.Steps);
        string last = choice.FinishReason == "length" ? "response.incomplete" : "response.completed";
        yield return new(events.Response(last, finished: true), answer.Steps, IsLast: true);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ErrorEvents(OpenAiError error) => (byte[])
    [
        .. "event: error\ndata: "u8,
        .. JsonSerializer.SerializeToUtf8Bytes(new { type = "error", code = error.Code, message = error.Message, param = error.Param }),
        .. "\n\n"u8,
    ];
}
