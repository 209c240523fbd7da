using Microsoft.Extensions.Time.Testing;
using Morgan.LlmService.Admission;

namespace Morgan.Tests.LlmService.Admission;

public sealed class LocalLimitsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 23, 59, 0, TimeSpan.Zero));
    private readonly LocalLimits _limits;
    private CallerLimits _caller = new("acme", new TenantOptions(), null, null);

    public LocalLimitsTests() => _limits = new LocalLimits(_time);

    [Fact]
    public void TryBook_PastTheDaysTokens_IsOutOfQuotaUntilMidnight()
    {
        Limit(new TenantOptions { TokensPerDay = 100 });
        Use(60);

        Assert.Equal((LimitKind.Day, TimeSpan.FromMinutes(1)), (Refused(60).Kind, Refused(60).Wait));
        _time.Advance(TimeSpan.FromMinutes(1));
        Use(60);
    }

    [Fact]
    public void TryBook_TokensInUse_CountUntilTheyAreSettled()
    {
        Limit(new TenantOptions { TokensPerMinute = 100 });
        var (first, _) = _limits.TryBook(_caller, 90, replicas: 1);

        Assert.Equal(LimitKind.Tokens, Refused(20).Kind);
        _limits.End(first!, 10);

        Use(90);
        Assert.Equal(LimitKind.Tokens, Refused(1).Kind);
    }

    // Fault 4, what one replica can show of it: what is set aside and not used must not count, and a minute is a minute.
    [Fact]
    public void Fault04_TokenLimit_GrantsAllOfItAndAMinuteLaterAllOfItAgain()
    {
        Limit(new TenantOptions { TokensPerMinute = 10_000 });
        for (var minute = 0; minute < 3; minute++)
        {
            var used = 0;
            while (_limits.TryBook(_caller, 500, replicas: 1).Entry is { } entry)
            {
                _limits.End(entry, 100);
                used += 100;
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            Assert.InRange(used, 10_000 - 500, 10_000);
            _time.Advance(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public void TryBook_Wait_IsWhenARequestCanSucceed()
    {
        Limit(new TenantOptions { RequestsPerMinute = 1 });
        Use(0);
        _time.Advance(TimeSpan.FromSeconds(20));

        var wait = Refused(0).Wait;

        Assert.InRange(wait.TotalSeconds, 40, 40.2);
        _time.Advance(wait);
        Use(0);
    }

    [Fact]
    public void TryBook_AfterTheLimitWasRaised_GoesOn()
    {
        Limit(new TenantOptions { RequestsPerMinute = 1 });
        Use(0);
        Refused(0);

        Limit(new TenantOptions { RequestsPerMinute = 2 });

        Use(0);
        Refused(0);
    }

    [Fact]
    public void TryBook_RequestLargerThanTheLimit_IsTooLarge()
    {
        Limit(new TenantOptions { TokensPerMinute = 100 });

        var error = Refused(101).ToError(101);

        Assert.Equal((null, false), (error.RetryAfter, error.ShouldRetry));
    }

    [Fact]
    public void TryBook_OneOfThreeReplicas_GrantsAThirdAndWhatItHasGrantedBeforeCounts()
    {
        Limit(new TenantOptions { RequestsPerMinute = 9 });
        _limits.Book(_caller, 0);
        _limits.Book(_caller, 0);

        Assert.Null(_limits.TryBook(_caller, 0, replicas: 3).Refusal);
        Assert.Equal(LimitKind.Requests, _limits.TryBook(_caller, 0, replicas: 3).Refusal!.Value.Kind);
    }

    private void Limit(TenantOptions options) => _caller = _caller with { OfTenant = options };

    private Refusal Refused(long tokens) => _limits.TryBook(_caller, tokens, replicas: 1).Refusal!.Value;

    private void Use(long tokens)
    {
        var (entry, refusal) = _limits.TryBook(_caller, tokens, replicas: 1);
        Assert.Null(refusal);
        _limits.End(entry!, tokens);
    }
}
