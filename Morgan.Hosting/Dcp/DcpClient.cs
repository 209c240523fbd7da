using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Morgan.Hosting.Dcp;

/// <summary>DCP's REST API: objects of a few kinds, each with a <c>spec</c> that is wanted and a <c>status</c> that is.</summary>
internal sealed class DcpClient : IDisposable
{
    private const string Api = "apis/usvc-dev.developer.microsoft.com/v1/";
    private static readonly TimeSpan DeleteDeadline = TimeSpan.FromSeconds(20);
    private readonly HttpClient _http;

    public DcpClient(Uri server, string token, byte[] certificateHash)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                // The certificate was made for this very server a moment ago: no other will do.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate is not null && certificate.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(certificateHash),
            },
        })
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan, // watches and logs are followed for hours; every other call has a deadline
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Whether DCP is up.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(Api + "executables", cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Creates an object.</summary>
    public async Task CreateAsync(DcpKind kind, string name, JsonObject spec, IEnumerable<JsonObject> produces, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["name"] = name };
        var producer = new JsonArray([.. produces]);
        if (producer.Count > 0)
        {
            metadata["annotations"] = new JsonObject { ["service-producer"] = producer.ToJsonString() };
        }

        var document = new JsonObject
        {
            ["apiVersion"] = "usvc-dev.developer.microsoft.com/v1",
            ["kind"] = kind.Name,
            ["metadata"] = metadata,
            ["spec"] = spec,
        };
        await SendAsync(HttpMethod.Post, Api + kind.Plural, document, "application/json", cancellationToken);
    }

    /// <summary>Asks for a process or container to be stopped; the object stays.</summary>
    public Task StopAsync(DcpKind kind, string name, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Patch, $"{Api}{kind.Plural}/{name}", new JsonObject { ["spec"] = new JsonObject { ["stop"] = true } }, "application/merge-patch+json", cancellationToken);

    /// <summary>Deletes an object and waits until it is gone; one that is gone already is no error.</summary>
    public async Task DeleteAsync(DcpKind kind, string name, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(DeleteDeadline);
        var path = $"{Api}{kind.Plural}/{name}";
        (await _http.DeleteAsync(path, deadline.Token)).Dispose();
        while (true)
        {
            using var response = await _http.GetAsync(path, deadline.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }

            await Task.Delay(100, deadline.Token);
        }
    }

    /// <summary>Follows all objects of a kind: name and status of each, now and at each change, until DCP ends or ends the watch.</summary>
    public async IAsyncEnumerable<(string Name, JsonElement Status)> WatchAsync(DcpKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync($"{Api}{kind.Plural}?watch=1", cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            // {"type":"MODIFIED","object":{"metadata":{"name":"llm-x1"},"status":{…}}}
            using var change = JsonDocument.Parse(line);
            var watched = change.RootElement.GetProperty("object");
            if (change.RootElement.GetProperty("type").ValueEquals("DELETED")
                || !watched.TryGetProperty("metadata", out var metadata) || !watched.TryGetProperty("status", out var status))
            {
                continue;
            }

            yield return (metadata.GetProperty("name").GetString()!, status.Clone());
        }
    }

    /// <summary>Reads the console output of a process or container; null if there is none yet.</summary>
    /// <param name="kind">Executable or container.</param>
    /// <param name="name">The object.</param>
    /// <param name="source"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="options">Such as <c>follow=true</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Stream?> OpenLogAsync(DcpKind kind, string name, string source, string options, CancellationToken cancellationToken)
    {
        var response = await _http.GetAsync(
            $"{Api}{kind.Plural}/{name}/log?source={source}&{options}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return await response.Content.ReadAsStreamAsync(cancellationToken);
        }

        response.Dispose();
        return null;
    }

    /// <summary>Ends everything that DCP has started, and DCP itself; waits until it no longer answers.</summary>
    public async Task ShutDownAsync(CancellationToken cancellationToken)
    {
        var stop = new JsonObject { ["status"] = "Stopping", ["shutdownResourceCleanup"] = "Full" };
        await SendAsync(HttpMethod.Patch, "admin/execution", stop, "application/merge-patch+json", cancellationToken);
        while (await AnswersAsync(cancellationToken))
        {
            await Task.Delay(50, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(HttpMethod method, string path, JsonObject document, string contentType, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(document.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType)),
        };
        request.Content.Headers.ContentType!.CharSet = null; // DCP compares the type literally
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new HttpRequestException($"{method} {path} answered {(int)response.StatusCode}: {answer}", null, response.StatusCode);
        }
    }
}
