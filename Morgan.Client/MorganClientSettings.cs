using System.Data.Common;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Client;

/// <summary>
/// Where Morgan is and how it is called. Read from the configuration section <c>Morgan:Client</c>, then from
/// <c>Morgan:Client:NAME</c>, then from the connection string <c>NAME</c>; the later wins.
/// </summary>
public sealed class MorganClientSettings
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Morgan:Client";

    private const string EndpointKey = "Endpoint";

    /// <summary>
    /// The address of the gateway, with <c>/v1</c> at its end or without any path: <c>http://localhost:5080</c>, or
    /// <c>https+http://llm</c> where service discovery is set up for <see cref="HttpClient"/>. There is no default.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The API key; null or empty [default]: none is sent, which an open gateway in Development takes.</summary>
    public string? Key { get; set; }

    /// <summary>
    /// The model, or alias, of chats whose <see cref="ChatOptions.ModelId"/> names none. <see cref="IChatClient"/>
    /// cannot be had without it; embeddings do not need it.
    /// </summary>
    public string? ChatModel { get; set; }

    /// <summary>The model of embeddings whose options name none [<c>use-lite</c>, the model that Morgan ships].</summary>
    public string EmbeddingModel { get; set; } = "use-lite";

    /// <summary>
    /// How long one answer, or one piece of a streamed answer, may take [11 min]: longer than the 10 min after which
    /// Morgan ends a request itself (<c>Llm:Timeouts:Total</c>), so that it is Morgan who says what was late. More than
    /// zero, or -1 ms for no limit.
    /// </summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromMinutes(11);

    /// <summary>Whether to do without the health check that asks the gateway's <c>/health</c> [false].</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether to do without spans of chats and embeddings [false].</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether to do without metrics of chats and embeddings [false].</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>Reads what the configuration says of a client.</summary>
    /// <exception cref="InvalidOperationException">A value is not of its type, or the connection string cannot be read.</exception>
    internal static MorganClientSettings Read(IConfiguration configuration, string name)
    {
        var settings = new MorganClientSettings();
        var section = configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(name).Bind(settings);
        if (configuration.GetConnectionString(name) is { Length: > 0 } text)
        {
            settings.Apply(text, $"ConnectionStrings:{name}");
        }

        return settings;
    }

    /// <summary>The address with <c>/v1</c> at its end.</summary>
    /// <exception cref="InvalidOperationException">There is none, or not one for HTTP.</exception>
    internal Uri RequireEndpoint(string name)
    {
        if (Endpoint is not { } endpoint)
        {
            throw new InvalidOperationException(
                $"Where is Morgan? Set ConnectionStrings:{name} (\"Endpoint=http://localhost:5080/v1;Key=…;Model=…\"), or {Section}:{EndpointKey}.");
        }

        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https" or "https+http" or "http+https"))
        {
            throw new InvalidOperationException(
                $"The {EndpointKey} of Morgan, in ConnectionStrings:{name} or {Section}, is \"{endpoint}\", not an address such as http://localhost:5080/v1.");
        }

        return endpoint.AbsolutePath.Trim('/').Length == 0 ? new Uri(endpoint, "/v1") : endpoint;
    }

    /// <summary>The limit of an answer.</summary>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    internal TimeSpan RequireNetworkTimeout() => NetworkTimeout > TimeSpan.Zero || NetworkTimeout == Timeout.InfiniteTimeSpan
        ? NetworkTimeout
        : throw new InvalidOperationException($"{Section}:{nameof(NetworkTimeout)} is {NetworkTimeout}, not more than zero.");

    /// <summary>The model of chats.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal string RequireChatModel(string name) => ChatModel is { Length: > 0 } model
        ? model
        : throw new InvalidOperationException(
            $"Which model is IChatClient to ask Morgan for? Add \"Model=…\" to ConnectionStrings:{name}, or set {Section}:{nameof(ChatModel)}.");

    // Endpoint=http://localhost:5080/v1;Key=abc;Model=llama3.2;EmbeddingModel=use-lite
    private void Apply(string text, string key)
    {
        DbConnectionStringBuilder parts;
        try
        {
            parts = new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            // What it says of the place could show a part of the key.
            throw new InvalidOperationException($"{key} is not of the form \"Endpoint=http://localhost:5080/v1;Key=…;Model=…\".");
        }

        if (Value(EndpointKey) is { } address)
        {
            Endpoint = Uri.TryCreate(address, UriKind.Absolute, out var url)
                ? url
                : throw new InvalidOperationException($"The {EndpointKey} in {key} is \"{address}\", not an address such as http://localhost:5080/v1.");
        }

        Key = Value(nameof(Key)) ?? Key;
        ChatModel = Value("Model") ?? ChatModel;
        EmbeddingModel = Value(nameof(EmbeddingModel)) ?? EmbeddingModel;

        string? Value(string part) => parts.TryGetValue(part, out var value) && value is string { Length: > 0 } found ? found : null;
    }
}
