using System.Collections.Concurrent;
using Morgan.LlmService.Routing;
using Morgan.Upstreams.Configuration;

namespace Morgan.LlmService.Metering;

/// <summary>
/// Knows which hosts take <c>stream_options.include_usage</c>. A field that a strict host does not know breaks every call
/// to it, so it is added only where it is known to be taken: by kind, by what the host says of its models, or because it
/// has answered a client's own wish.
/// </summary>
internal sealed class StreamUsage(ModelCatalog catalog)
{
    private const int MostRemembered = 10_000;

    // owned_by of vLLM, llama.cpp, Ollama and Morgan's simulator.
    private static readonly HashSet<string> Takers = new(["vllm", "llamacpp", "library", "morgan"], StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<Uri, bool> _seen = new();

    /// <summary>Whether the host is known to take the field.</summary>
    public bool IsTakenBy(Host host) =>
        host.Options.Kind == HostKinds.Ollama
        || host.Address.Host.Equals("api.openai.com", StringComparison.OrdinalIgnoreCase)
        || _seen.ContainsKey(host.Address)
        || (catalog.Of(host) is { Models: [var first, ..] } && Takers.Contains(first.OwnedBy));

    /// <summary>The host has reported usage when a client asked it to.</summary>
    public void Saw(Host host)
    {
        if (_seen.Count < MostRemembered)
        {
            _seen.TryAdd(host.Address, true);
        }
    }
}
