using Morgan.Upstreams.Configuration;

namespace Morgan.LlmService.Configuration;

/// <summary>Section <c>Llm</c>: the hosts and how they are called, and what the gateway adds. Treat an instance as immutable.</summary>
internal sealed class LlmOptions : UpstreamOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Llm";

    /// <summary>
    /// Hosts for a machine where none is configured [none]: what the AppHost has found. They are used while
    /// <see cref="UpstreamOptions.Hosts"/> is empty, and never mixed with it.
    /// </summary>
    public IReadOnlyList<HostOptions> DefaultHosts { get; set; } = [];

    /// <summary>Alias → models to be tried in this order [none].</summary>
    /// <remarks>
    /// Names may hold colons, which the configuration binder takes for levels; it leaves a property without a public
    /// setter alone as long as it is null.
    /// </remarks>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Models { get; private set; }

    /// <summary>The embedding service.</summary>
    public EmbeddingLinkOptions Embedding { get; set; } = new();

    /// <summary>The largest request body in bytes, 1 KiB to 1 GiB [64 MiB].</summary>
    public int MaxRequestBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The memory that the bodies of all requests, and the answers that are held to be looked at, may take together, in
    /// bytes, four times <see cref="MaxRequestBytes"/> or more [512 MiB]. Past it: 503 <c>overloaded</c>.
    /// </summary>
    public long MaxHeldBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>The messages of a chat, or the items of a response's input, 1 to 1,000,000 [16,384]. Past it: 400 <c>invalid_value</c>.</summary>
    public int MaxMessages { get; set; } = 16_384;

    /// <summary>
    /// The bytes of one answer of a host, 1 MiB to 1 TiB [256 MiB]. Past it an answer breaks off: 502 where nothing was
    /// sent yet, a stream ends with its error event.
    /// </summary>
    public long MaxAnswerBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Sets <see cref="Models"/>.</summary>
    public void UseModels(IReadOnlyDictionary<string, IReadOnlyList<string>> models) => Models = models;
}
