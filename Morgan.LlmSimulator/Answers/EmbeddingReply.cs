using System.Runtime.InteropServices;
using System.Text.Json;
using Morgan.LlmSimulator.Formats;
using Morgan.LlmSimulator.Plan;
using Morgan.LlmSimulator.Requests;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Answers;

/// <summary>Pseudo-embeddings in OpenAI's form.</summary>
internal sealed class EmbeddingReply(EmbeddingRequest request, string? fault) : IReply
{
    /// <inheritdoc/>
    public int PromptTokens => request.Inputs.Sum(i => i.Tokens);

    /// <inheritdoc/>
    public int Tokens => 0;

    /// <inheritdoc/>
    public int Steps => 0;

    /// <inheritdoc/>
    public string? TextEventName => null;

    /// <inheritdoc/>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (int i = 0; i < request.Inputs.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            WriteVector(json, Embedder.Embed(request.Inputs[i].Text, request.Dimensions));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", request.Model);
        if (fault != FaultKinds.NoUsage)
        {
            int reported = fault == FaultKinds.LyingUsage ? 1_000_000 : PromptTokens;
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", reported);
            json.WriteNumber("total_tokens", reported);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public IEnumerable<StreamEvent> Events() => throw new InvalidOperationException("Embeddings are never streamed.");

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ErrorEvents(OpenAiError error) => throw new InvalidOperationException("Embeddings are never streamed.");

    private void WriteVector(Utf8JsonWriter json, float[] vector)
    {
        if (request.Base64)
        {
            json.WriteBase64String("embedding", MemoryMarshal.AsBytes<float>(vector));
            return;
        }

        json.WriteStartArray("embedding");
        foreach (float value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
