using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Morgan.Tests.Upstreams.Engine;

/// <summary>A host without a network: answers each request as the test says.</summary>
internal sealed class ScriptedHost : HttpMessageHandler
{
    private int _requests;
    private int _cancelled;

    /// <summary>What it does with a request; by default a plain 200.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } =
        (_, _) => Task.FromResult(Respond(HttpStatusCode.OK));

    public int Requests => Volatile.Read(ref _requests);

    public int Cancelled => Volatile.Read(ref _cancelled);

    public ConcurrentQueue<string> Paths { get; } = new();

    public static HttpResponseMessage Respond(HttpStatusCode status, string body = "ok", string? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "text/plain") };
        if (retryAfter is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return response;
    }

    public void Always(HttpStatusCode status, string? retryAfter = null) =>
        Answer = (_, _) => Task.FromResult(Respond(status, retryAfter: retryAfter));

    public void Refuse() =>
        Answer = (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");

    public void Hang() => Answer = async (_, cancellationToken) =>
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return Respond(HttpStatusCode.OK);
    };

    /// <summary>The next statuses, one a request; then 200.</summary>
    public void Then(params HttpStatusCode[] statuses)
    {
        var queue = new ConcurrentQueue<HttpStatusCode>(statuses);
        Answer = (_, _) => Task.FromResult(Respond(queue.TryDequeue(out var status) ? status : HttpStatusCode.OK));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await TakeAsync(request, cancellationToken);
            response.RequestMessage = request;
            return response;
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
    }
    // Counted last: who waits for the count may read the path, and say what the next request gets.
    private Task<HttpResponseMessage> TakeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Paths.Enqueue(request.RequestUri!.PathAndQuery);
        try
        {
            return Answer(request, cancellationToken);
        }
        finally
        {
            Interlocked.Increment(ref _requests);
        }
    }
}
