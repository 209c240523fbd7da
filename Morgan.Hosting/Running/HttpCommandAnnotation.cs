using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>A command that is a request to an endpoint of the resource.</summary>
internal sealed record HttpCommandAnnotation(string Name, string DisplayName, EndpointReference Endpoint, string Path, HttpCommandOptions Options) : IResourceAnnotation
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private const int MostOfAnAnswer = 300;

    /// <summary>Sends it.</summary>
    /// <returns>Null: it was carried out; else why not.</returns>
    public async Task<string?> ExecuteAsync(string resourceName, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var request = new HttpRequestMessage(Options.Method ?? HttpMethod.Post, Endpoint.Url + Path);
        try
        {
            if (Options.PrepareRequest is { } prepare)
            {
                await prepare(new HttpCommandRequestContext { Request = request, ResourceName = resourceName, CancellationToken = deadline.Token });
            }

            using var answer = await http.SendAsync(request, deadline.Token);
            if (answer.IsSuccessStatusCode)
            {
                return null;
            }

            var text = await answer.Content.ReadAsStringAsync(deadline.Token);
            return $"{request.Method} {Path} was answered with {(int)answer.StatusCode}: {(text.Length > MostOfAnAnswer ? text[..MostOfAnAnswer] : text)}";
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return problem.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{request.Method} {Path} was not answered within {Deadline.TotalSeconds:0} s";
        }
    }
}
