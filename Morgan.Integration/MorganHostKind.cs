namespace Aspire.Hosting;

/// <summary>What a host of Morgan is. Azure OpenAI, which needs more than an address, is named in a configuration file.</summary>
internal enum MorganHostKind
{
    /// <summary>Whatever speaks OpenAI's API: OpenAI itself, vLLM, llama.cpp.</summary>
    OpenAI,

    /// <summary>Ollama, which also tells which models it has in memory.</summary>
    Ollama,
}
