using System.Net;
using System.Text.Json;
using Morgan.LlmService.Endpoints;
using Morgan.Upstreams.Connections;

namespace Morgan.LlmService.Status;

/// <summary>What the embedding service says of its cache and its models. Its admin paths need <c>Llm:Embedding:Key</c> to be an admin key where keys are used.</summary>
internal sealed class EmbeddingStatus(EmbeddingLink link)
{
    private const int LargestReport = 256 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Asks <c>admin/cache</c> or <c>admin/models</c>; null: there is no answer, or no such service.</summary>
    public async Task<JsonElement?> AskAsync(string path, CancellationToken cancellationToken)
    {
        if (!link.IsConfigured)
        {
            return null;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            using var request = Housekeeping.Get(link.UriFor(path));
            using var response = await link.SendAsync(request, deadline.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }

            await response.Content.LoadIntoBufferAsync(LargestReport, deadline.Token);
            using var report = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(deadline.Token));
            return report.RootElement.Clone();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
