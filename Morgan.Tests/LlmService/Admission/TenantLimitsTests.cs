using Microsoft.Extensions.Time.Testing;
using Morgan.LlmService.Admission;
using Morgan.ServiceDefaults.Auth;

namespace Morgan.Tests.LlmService.Admission;

public sealed class TenantLimitsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 23, 59, 0, TimeSpan.Zero));
    private readonly FixedOptions<TenantsOptions> _tenants = new(new TenantsOptions());
    private readonly TenantLimits _limits;
    private readonly Caller _caller = new("key", "acme", Admin: false, null);

    public TenantLimitsTests() => _limits = new TenantLimits(_tenants, new FixedOptions<AuthOptions>(new AuthOptions()), _time);

    public void Dispose() => _limits.Dispose();

    [Fact]
    public void Reserve_PastTheDaysTokens_IsOutOfQuotaUntilMidnight()
    {
        Limit(new TenantOptions { TokensPerDay = 100 });
        Use(60);

        var (_, refused) = _limits.Reserve(_caller, 60);

        Assert.Equal(("insufficient_quota", TimeSpan.FromMinutes(1)), (refused!.Code, refused.RetryAfter));
        _time.Advance(TimeSpan.FromMinutes(1));
        Use(60);
    }

    [Fact]
    public void Reserve_TokensInUse_CountUntilTheyAreSettled()
    {
        Limit(new TenantOptions { TokensPerMinute = 100 });
        var (first, _) = _limits.Reserve(_caller, 90);

        Assert.Equal("rate_limit_exceeded", _limits.Reserve(_caller, 20).Error!.Code);
        first!.Settle(10);
        first.Dispose();
        first.Dispose(); // counts once

        Use(90);
        Assert.Equal("tokens", _limits.Reserve(_caller, 1).Error!.Type);
    }

    // Fault 4, what one replica can show of it: what is set aside and not used must not count, and a minute is a minute.
    [Fact]
    public void Fault04_TokenLimit_GrantsAllOfItAndAMinuteLaterAllOfItAgain()
    {
        Limit(new TenantOptions { TokensPerMinute = 10_000 });
        for (var minute = 0; minute < 3; minute++)
        {
            var used = 0;
            while (_limits.Reserve(_caller, 500).Reservation is { } reservation)
            {
                reservation.Settle(100);
                reservation.Dispose();
                used += 100;
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            Assert.InRange(used, 10_000 - 500, 10_000);
            _time.Advance(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public void CountTokens_OnlyWhereALimitOfTokensIs()
    {
        Limit(new TenantOptions { RequestsPerMinute = 10 });
        Assert.False(_limits.CountTokens(_caller));
        Limit(new TenantOptions { TokensPerDay = 10 });
        Assert.True(_limits.CountTokens(_caller));
        Limit(new TenantOptions { TokensPerMinute = 10 });
        Assert.True(_limits.CountTokens(_caller));
    }

    [Fact]
    public void Reserve_RetryAfter_IsWhenARequestCanSucceed()
    {
        Limit(new TenantOptions { RequestsPerMinute = 1 });
        Use(0);
        _time.Advance(TimeSpan.FromSeconds(20));

        var wait = _limits.Reserve(_caller, 0).Error!.RetryAfter!.Value;

        Assert.InRange(wait.TotalSeconds, 40, 40.2);
        _time.Advance(wait);
        Use(0);
    }

    [Fact]
    public void Reserve_AfterTheLimitWasRaised_GoesOn()
    {
        Limit(new TenantOptions { RequestsPerMinute = 1 });
        Use(0);
        Assert.NotNull(_limits.Reserve(_caller, 0).Error);

        Limit(new TenantOptions { RequestsPerMinute = 2 });

        Use(0);
        Assert.NotNull(_limits.Reserve(_caller, 0).Error);
    }

    [Fact]
    public void Reserve_RequestLargerThanTheLimit_IsRefusedForGood()
    {
        Limit(new TenantOptions { TokensPerMinute = 100 });

        var (_, refused) = _limits.Reserve(_caller, 101);

        Assert.Equal((null, false), (refused!.RetryAfter, refused.ShouldRetry));
    }

    [Fact]
    public void Concern_TenantWithoutLimits_IsFalse() => Assert.False(_limits.Concern(_caller));

    private void Limit(TenantOptions options) => _tenants.Current = new TenantsOptions { ["acme"] = options };

    private void Use(long tokens)
    {
        var (reservation, error) = _limits.Reserve(_caller, tokens);
        Assert.Null(error);
        reservation!.Settle(tokens);
        reservation.Dispose();
    }
}
