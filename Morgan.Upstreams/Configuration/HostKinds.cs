namespace Morgan.Upstreams.Configuration;

/// <summary>The values of <see cref="HostOptions.Kind"/>: which dialect of the API a host speaks.</summary>
public static class HostKinds
{
    /// <summary>OpenAI's API: OpenAI, vLLM, llama.cpp, LM Studio and most others.</summary>
    public const string OpenAi = "openai";

    /// <summary>Ollama: OpenAI's API under <c>/v1</c>, its own under <c>/api</c>.</summary>
    public const string Ollama = "ollama";

    /// <summary>Azure OpenAI: deployments in the path, <c>api-version</c>, the key in <c>api-key</c>.</summary>
    public const string Azure = "azure";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [OpenAi, Ollama, Azure];
}
