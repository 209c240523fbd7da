namespace Morgan.Tests.Chaos.Matrix;

/// <summary>How the client wants the answer.</summary>
internal enum Mode
{
    /// <summary>In one piece.</summary>
    Whole,

    /// <summary>As a stream.</summary>
    Stream,
}
