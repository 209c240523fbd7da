namespace Morgan.Upstreams.Attempts;

/// <summary>What an attempt came to.</summary>
public enum OutcomeKind
{
    /// <summary>A right answer.</summary>
    Success,

    /// <summary>The host refuses the request itself (400, 404, 422 …): its answer is the client's.</summary>
    ClientError,

    /// <summary>The host refuses Morgan (401, 403) or redirects: its configuration is wrong; another host is tried.</summary>
    Misconfigured,

    /// <summary>429: the host cools down; another is tried.</summary>
    RateLimited,

    /// <summary>The host failed, see <see cref="FailureReason"/>; another is tried.</summary>
    Failed,

    /// <summary>Morgan's client left, or another attempt won. Says nothing about the host.</summary>
    Cancelled,
}
