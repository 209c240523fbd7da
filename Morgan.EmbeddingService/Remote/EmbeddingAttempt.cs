using System.Net.Http.Headers;
using System.Text.Json;
using Morgan.Upstreams.Attempts;

namespace Morgan.EmbeddingService.Remote;

/// <summary>One sending of texts to a host. The answer is read whole before it counts, so that another host can give a better one.</summary>
internal sealed class EmbeddingAttempt(IReadOnlyList<string> texts) : IAttempt
{
    /// <summary>The largest answer that is read.</summary>
    private const int MaxAnswerBytes = 256 * 1024 * 1024;

    /// <summary>The answer, once it was accepted.</summary>
    public RemoteAnswer? Answer { get; private set; }

    public HttpRequestMessage CreateRequest(Upstreams.Hosts.Host host, string? model)
    {
        // No more than every host knows: some refuse fields that they do not.
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?> { ["model"] = model, ["input"] = texts });
        return new HttpRequestMessage(HttpMethod.Post, host.UriFor("embeddings"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
    }

    public async ValueTask<AttemptOutcome> AcceptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            Answer = RemoteAnswer.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken), texts.Count);
            return AttemptOutcome.Success;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return AttemptOutcome.Failed(FailureReason.BrokenBody);
        }
    }
}
