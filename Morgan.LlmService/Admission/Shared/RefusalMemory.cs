using Morgan.LlmService.Admission.Waiting;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// The store's last refusal for requests per minute, as long as it holds: requests leave the window at known times, so until
/// then there is no room, and asking again is of little use. Not thread-safe.
/// </summary>
internal sealed class RefusalMemory(TimeProvider time)
{
    // Room can come earlier than was said, from a lease that is returned or a request that is taken back.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);

    private Refusal _refusal;
    private LinePlace _place;
    private long _until;
    private long _askAgainAt;

    /// <summary>What the store would say again, so that it need not be asked; null: it must be.</summary>
    public Refusal? Fresh(in LinePlace place) => time.GetTimestamp() < _askAgainAt ? Of(place) : null;

    /// <summary>What still holds for a request at that place, whether or not the store can be asked.</summary>
    public Refusal? Of(in LinePlace place)
    {
        var now = time.GetTimestamp();
        return now < _until && IsLike(place) ? _refusal with { Wait = time.GetElapsedTime(now, _until) } : null;
    }

    /// <summary>Keeps one.</summary>
    /// <param name="refusal">It.</param>
    /// <param name="place">Where the request stood that was refused.</param>
    /// <param name="asked">Timestamp of the question.</param>
    public void Keep(in Refusal refusal, in LinePlace place, long asked)
    {
        (_refusal, _place) = (refusal, place);
        _until = asked + Ticks(refusal.Wait);
        _askAgainAt = asked + Ticks(LongestSilence);
    }

    /// <summary>The limits have changed: what was refused may be admitted.</summary>
    public void Forget() => _until = 0;

    // What others were told holds for those who stand where they stood.
    private bool IsLike(in LinePlace place) =>
        place.AheadRequests == _place.AheadRequests && place.IsTurn == _place.IsTurn && place.BehindRequests == 0 && _place.BehindRequests == 0;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
