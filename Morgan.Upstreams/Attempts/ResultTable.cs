namespace Morgan.Upstreams.Attempts;

/// <summary>What the last attempt's outcome makes of the whole request.</summary>
internal static class ResultTable
{
    public static UpstreamResultKind Kind(AttemptOutcome last) => last.Kind switch
    {
        OutcomeKind.Success => UpstreamResultKind.Accepted,
        OutcomeKind.ClientError => UpstreamResultKind.HostError,
        OutcomeKind.Misconfigured => UpstreamResultKind.Misconfigured,
        OutcomeKind.RateLimited => UpstreamResultKind.RateLimited,
        _ => last.Reason switch
        {
            FailureReason.Status or FailureReason.Conflict => UpstreamResultKind.HostError,
            FailureReason.Connect => UpstreamResultKind.NoHealthyHost,
            FailureReason.ConnectTimeout or FailureReason.FirstByteTimeout or FailureReason.ResponseTimeout
                or FailureReason.IdleTimeout or FailureReason.TotalTimeout => UpstreamResultKind.Timeout,
            _ => UpstreamResultKind.BadResponse,
        },
    };
}
