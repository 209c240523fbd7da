using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Admission;

/// <summary>Why a request is not admitted.</summary>
/// <param name="Kind">Which limit is in the way.</param>
/// <param name="Whose">Of whom, for the message: <c>tenant 'acme'</c>.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Wait">When it can be admitted, as far as is known now.</param>
internal readonly record struct Refusal(LimitKind Kind, string Whose, TenantOptions Limit, TimeSpan Wait)
{
    /// <summary>What the caller is told.</summary>
    public OpenAiError ToError(long tokens) => Kind switch
    {
        LimitKind.Concurrent => OpenAiError.RateLimited("requests", $"The limit of {Limit.MaxConcurrent} requests at once of {Whose} is reached.", Wait),
        LimitKind.Requests => OpenAiError.RateLimited("requests", $"The limit of {Limit.RequestsPerMinute} requests per minute of {Whose} is reached.", Wait),
        LimitKind.Tokens => OpenAiError.RateLimited("tokens", $"The limit of {Limit.TokensPerMinute} tokens per minute of {Whose} is reached.", Wait),
        LimitKind.TooLarge => new OpenAiError(429, "tokens", "rate_limit_exceeded",
            $"The request needs about {tokens} tokens, more than the {Limit.TokensPerMinute} tokens per minute of {Whose}; no wait will help.")
        {
            ShouldRetry = false,
        },
        _ => new OpenAiError(429, "tokens", "insufficient_quota", $"The {Limit.TokensPerDay} tokens per day of {Whose} are used up.")
        {
            RetryAfter = Wait,
        },
    };
}
