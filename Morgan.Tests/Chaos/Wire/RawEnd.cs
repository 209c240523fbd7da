namespace Morgan.Tests.Chaos.Wire;

/// <summary>How an HTTP answer ended on the wire.</summary>
internal enum RawEnd
{
    /// <summary>As HTTP wants it: the last chunk came, or as many bytes as promised.</summary>
    Whole,

    /// <summary>The connection was closed before the answer was whole.</summary>
    Truncated,

    /// <summary>The connection was reset.</summary>
    Reset,

    /// <summary>It had not ended when the client's patience had.</summary>
    Hang,

    /// <summary>The client left, as it was told to.</summary>
    Left,
}
