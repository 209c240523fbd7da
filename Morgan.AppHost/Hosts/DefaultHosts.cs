namespace Morgan.AppHost.Hosts;

/// <summary>The hosts that the gateway uses while none is configured.</summary>
internal enum DefaultHosts
{
    /// <summary>None: hosts are configured, or are to be.</summary>
    None,

    /// <summary>The Ollama that was found.</summary>
    Ollama,

    /// <summary>Three simulators.</summary>
    Simulators,
}
