using System.Text.Json;
using Morgan.LlmService.Endpoints;

namespace Morgan.LlmService.Status;

/// <summary>What the embedding service says of its cache and its models. Its admin paths need <c>Llm:Embedding:Key</c> to be an admin key where keys are used.</summary>
internal sealed class EmbeddingStatus(EmbeddingLink link)
{
    /// <summary>Asks <c>admin/cache</c> or <c>admin/models</c>; null: there is no answer, or no such service.</summary>
    public async Task<JsonElement?> AskAsync(string path, CancellationToken cancellationToken)
    {
        if (!link.IsConfigured || await link.GetAsync(path, cancellationToken) is not { } answer)
        {
            return null;
        }

        try
        {
            using var report = JsonDocument.Parse(answer);
            return report.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
