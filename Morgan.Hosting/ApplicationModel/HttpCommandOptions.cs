namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command that is an HTTP request is shown and sent.</summary>
public class HttpCommandOptions : CommandOptions
{
    /// <summary>The method; null: POST.</summary>
    public HttpMethod? Method { get; set; }

    /// <summary>Adds to the request before it is sent.</summary>
    public Func<HttpCommandRequestContext, Task>? PrepareRequest { get; set; }
}
