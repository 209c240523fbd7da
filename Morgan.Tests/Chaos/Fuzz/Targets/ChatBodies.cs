using System.Runtime.InteropServices;
using System.Text.Json;
using Morgan.LlmService;
using Morgan.LlmService.Envelope;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Bodies of requests to the gateway, as its envelope reader sees them.</summary>
internal sealed class ChatBodies() : FuzzTarget("chat-bodies")
{
    public static readonly string[] Names =
        ["model", "stream", "stream_options", "include_usage", "max_tokens", "max_completion_tokens", "max_output_tokens", "messages", "prompt", "input", "previous_response_id", "user", "n", "role", "content", "tools", "seed", "encoding_format"];

    private static readonly Operation[] Operations = [Operation.Chat, Operation.Completions, Operation.Responses, Operation.Embeddings];
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    public override int QuickInputs => 15_000;

    public override byte[] Make(Random random) => Noise.Json(random, Names);

    public override ValueTask CheckAsync(byte[] input, Random random)
    {
        var operation = Operations[random.Next(Operations.Length)];
        var error = EnvelopeReader.Read(input, operation, out var envelope);
        if (error is not null)
        {
            Assert.Equal(400, error.Status);
            return default;
        }

        // What is taken is one JSON object, and the ranges are what they say.
        using var json = JsonDocument.Parse(input, Deep);
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        Assert.Equal((byte)'}', input[envelope.ClosingBrace]);
        if (envelope.Model is { } model)
        {
            Assert.Equal(model, JsonSerializer.Deserialize<string>(envelope.ModelRange.Of(input)));
            Assert.Equal(model, json.RootElement.GetProperty("model").GetString());
        }

        if (envelope.Prompt.IsPresent)
        {
            Assert.True(JsonMarshal.GetRawUtf8Value(json.RootElement.GetProperty(operation.PromptName)).SequenceEqual(envelope.Prompt.Of(input)));
        }

        Assert.Equal(envelope.Stream, operation != Operation.Embeddings && json.RootElement.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True);
        return default;
    }

    public override long? MostAllocated(int inputLength) => 256 * 1024 + (64L * inputLength);
}
