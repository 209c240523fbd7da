namespace Morgan.AppHost;

/// <summary>Values of <c>Morgan:LlmHosts</c>.</summary>
internal enum LlmHosts
{
    /// <summary>Hosts that are configured; else an Ollama that has a model; else simulators.</summary>
    Auto,

    /// <summary>Simulators, which answer alike everywhere.</summary>
    Simulator,

    /// <summary>Nothing but hosts that are configured.</summary>
    Configured,
}
