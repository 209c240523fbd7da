namespace Morgan.Tests.LlmSimulator;

/// <summary>How a connection ended.</summary>
internal enum WireEnd
{
    /// <summary>In good order (FIN).</summary>
    Closed,

    /// <summary>By a reset (RST).</summary>
    Reset,
}
