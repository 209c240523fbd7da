using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>What Scripts/reserve.lua answers.</summary>
internal readonly struct ReserveAnswer(RedisResult result)
{
    private readonly RedisResult[] _fields = (RedisResult[])result!;

    /// <summary>Whether the request is admitted and booked.</summary>
    public bool IsAdmitted => (int)_fields[0] == 1;

    /// <summary>The requests of the lease; 0: there is none.</summary>
    public long LeasedRequests => (long)_fields[4];

    /// <summary>Its tokens.</summary>
    public long LeasedTokens => (long)_fields[5];

    /// <summary>Why the request is not admitted.</summary>
    public Refusal ToRefusal(CallerLimits limits)
    {
        var kind = (string?)_fields[2] switch
        {
            "concurrent" => LimitKind.Concurrent,
            "requests" => LimitKind.Requests,
            "tokens" => LimitKind.Tokens,
            "too large" => LimitKind.TooLarge,
            _ => LimitKind.Day,
        };
        var wait = TimeSpan.FromMilliseconds((long)_fields[3]);
        return (int)_fields[1] == 1
            ? new Refusal(kind, limits.TenantWords, limits.OfTenant, wait)
            : new Refusal(kind, limits.KeyWords, limits.OfKey!, wait);
    }
}
