namespace Morgan.Upstreams.Connections;

/// <summary>
/// Requests that nobody's request has caused: checks, lists of models. They come all the time, each would be a trace of its
/// own and say nothing, so telemetry leaves out requests with this mark, and the host is told that nobody records the trace;
/// health changes are told by log and metrics.
/// </summary>
public static class Housekeeping
{
    /// <summary>The mark: an option of the request with this name, true.</summary>
    public static HttpRequestOptionsKey<bool> Mark { get; } = new("Morgan.Housekeeping");

    /// <summary>A marked <c>GET</c>.</summary>
    /// <param name="address">Where to.</param>
    public static HttpRequestMessage Get(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Options.Set(Mark, true);
        TraceHeaders.AddUnrecorded(request.Headers);
        return request;
    }
}
