namespace Morgan.Tests.Chaos.Matrix;

/// <summary>A way in which a gateway broke the contract.</summary>
internal enum Flaw
{
    /// <summary>Nothing that ended came within the client's patience.</summary>
    Hang,

    /// <summary>It ended, but long after the deadline.</summary>
    Late,

    /// <summary>The connection was closed or reset without one byte of an answer.</summary>
    NoAnswer,

    /// <summary>A part of an answer that looks like all of it.</summary>
    SilentTruncation,

    /// <summary>The connection breaks in the middle of an answer, where an error or another host's answer was due.</summary>
    BreaksOff,

    /// <summary>Bytes that the host did not send, or a broken character.</summary>
    BrokenBytes,

    /// <summary>Something with status 200 that is no answer: a host's garbage, passed on.</summary>
    Garbage,

    /// <summary>An answer and an error, two ends, or bytes after the end.</summary>
    TwoAnswers,

    /// <summary>A status that is not the contract's.</summary>
    WrongStatus,

    /// <summary>A right status, but an error body without the contract's code.</summary>
    WrongCode,

    /// <summary>An error although another host would have answered.</summary>
    NoFailover,

    /// <summary>More requests to hosts than the contract allows.</summary>
    AskedAgain,

    /// <summary>Followed a host's redirect.</summary>
    FollowedRedirect,

    /// <summary>A host was still at work when the request was over.</summary>
    HostLeftWorking,

    /// <summary>Came back sooner than a host had asked for.</summary>
    TooSoon,

    /// <summary>With the fault gone, answers were still wrong.</summary>
    NotRecovered,

    /// <summary>The host that fails was never asked, so that nothing was proven.</summary>
    NotReached,
}
