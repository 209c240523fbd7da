namespace Morgan.LlmService.Relay;

/// <summary>What an event of a stream is.</summary>
internal enum EventVerdict
{
    /// <summary>Nothing but comments or empty lines: passed on, commits nothing.</summary>
    Comment,

    /// <summary>Part of the answer.</summary>
    Data,

    /// <summary>Usage that the client did not ask for: not passed on.</summary>
    Unasked,

    /// <summary>Part of the answer with a <c>"usage":null</c> that the client did not ask for: passed on without it.</summary>
    Trimmed,

    /// <summary>The stream's last event.</summary>
    Last,

    /// <summary>The host says that it failed.</summary>
    Error,

    /// <summary>Not what it should be.</summary>
    Malformed,
}
