using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Morgan.Upstreams.Connections;

namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>Asks the hub. Redirects to the store of large files are followed, without the token.</summary>
internal sealed class HubClient(HubSettings settings) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    // No limit for a whole download, which may take an hour; each read of it has its own.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxAutomaticRedirections = 5,
        ConnectCallback = GuardedConnection.ConnectAsync,
    })
    {
        BaseAddress = settings.Endpoint,
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "Morgan" } },
    };

    /// <summary>The commit that a revision is at, and its files.</summary>
    /// <exception cref="HttpRequestException">The hub refused or could not be reached.</exception>
    /// <exception cref="InvalidDataException">The answer makes no sense.</exception>
    public async Task<HubRevision> GetRevisionAsync(string repository, string revision, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        using var request = Request($"api/models/{repository}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        using var response = await SendAsync(request, limit.Token, cancellationToken);
        try
        {
            return HubRevision.Read(JsonNode.Parse(await response.Content.ReadAsStringAsync(limit.Token), documentOptions: new() { AllowDuplicateProperties = false }));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("the hub's answer is not JSON", e);
        }
    }

    /// <summary>Begins to read a file.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="path">The file.</param>
    /// <param name="from">The first byte wanted.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>The response, whose status tells whether it begins at <paramref name="from"/> (206) or at 0 (200).</returns>
    public async Task<HttpResponseMessage> OpenAsync(string repository, string commit, string path, long from, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        using var request = Request($"{repository}/resolve/{commit}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        return await SendAsync(request, limit.Token, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (settings.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken, CancellationToken caller)
    {
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            var status = response.StatusCode;
            response.Dispose();
            throw new HttpRequestException($"{(int)status} {status}", null, status);
        }
        catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
        {
            throw new HttpRequestException("no answer in time", e, HttpStatusCode.RequestTimeout);
        }
    }
}
