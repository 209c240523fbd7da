namespace Morgan.LlmService.Admission.Shared;

/// <summary>How large a lease is worth asking for: what has come in the last quarter of a second or so. Not thread-safe.</summary>
internal sealed class LeaseSize(TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(250);

    private long _began = time.GetTimestamp();
    private long _requests;
    private long _tokens;
    private long _lastRequests;
    private long _lastTokens;

    /// <summary>A request has come.</summary>
    public void Count(long tokens)
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed >= Span)
        {
            (_lastRequests, _lastTokens) = elapsed >= 2 * Span ? (0, 0) : (_requests, _tokens);
            (_requests, _tokens, _began) = (0, 0, time.GetTimestamp());
        }

        (_requests, _tokens) = (_requests + 1, _tokens + tokens);
    }

    /// <summary>Requests and tokens, at least of one request such as the last ones.</summary>
    public (long Requests, long Tokens) Want()
    {
        var requests = Math.Max(1, Math.Max(_requests, _lastRequests));
        var tokens = _requests + _lastRequests == 0 ? 0 : (_tokens + _lastTokens) / (_requests + _lastRequests);
        return (requests, Math.Max(1, requests * tokens));
    }
}
