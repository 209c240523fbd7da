namespace Morgan.LlmService.Admission.Shared;

/// <summary>What the store has set aside for this replica, to be granted without asking. Not thread-safe.</summary>
internal sealed class Lease
{
    private readonly long _full;
    private long _requests;
    private long _tokens;

    public Lease(string id, long requests, long tokens, long granted) =>
        (Id, _full, _requests, _tokens, Granted) = (id, requests, requests, tokens, granted);

    /// <summary>Its name in the store.</summary>
    public string Id { get; }

    /// <summary>Timestamp of the call that brought it: the store's clock on it started later.</summary>
    public long Granted { get; }

    /// <summary>Whether more than half of it is gone.</summary>
    public bool IsLow => _requests * 2 < _full;

    /// <summary>Takes a request's part.</summary>
    public bool TryTake(long need)
    {
        if (_requests < 1 || _tokens < need)
        {
            return false;
        }

        (_requests, _tokens) = (_requests - 1, _tokens - need);
        return true;
    }
}
