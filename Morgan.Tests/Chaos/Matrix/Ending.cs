namespace Morgan.Tests.Chaos.Matrix;

/// <summary>What a request comes to, as the client sees it.</summary>
internal enum Ending
{
    /// <summary>The host's answer, byte for byte.</summary>
    Answer,

    /// <summary>An error status and an error body, before anything of an answer.</summary>
    Refusal,

    /// <summary>A stream that begins as the host's, then says that it broke off.</summary>
    Interruption,

    /// <summary>Nobody is there any more to see it.</summary>
    Abandoned,
}
