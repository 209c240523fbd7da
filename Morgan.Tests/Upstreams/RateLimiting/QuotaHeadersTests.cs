using Morgan.Upstreams.RateLimiting;

namespace Morgan.Tests.Upstreams.RateLimiting;

public sealed class QuotaHeadersTests
{
    [Theory]
    [InlineData("requests", "0", "6m0s", 360)]
    [InlineData("requests", "0", "1h2m3.5s", 3723.5)]
    [InlineData("tokens", "0", "120ms", 0.12)]
    [InlineData("tokens", "0", "30", 30)]
    [InlineData("tokens", "1", "30s", 0)]
    [InlineData("requests", "0", "soon", 0)]
    [InlineData("requests", "0", "5 apples", 0)]
    public void UsedUpFor_IsTheTimeUntilTheHostHasSomethingAgain(string what, string remaining, string reset, double seconds)
    {
        using var response = new HttpResponseMessage();
        response.Headers.Add($"x-ratelimit-remaining-{what}", remaining);
        response.Headers.Add($"x-ratelimit-reset-{what}", reset);

        Assert.Equal(seconds, QuotaHeaders.UsedUpFor(response).TotalSeconds, 3);
    }

    [Fact]
    public void UsedUpFor_NothingSaid_IsZero()
    {
        using var response = new HttpResponseMessage();
        response.Headers.Add("x-ratelimit-remaining-requests", "0");

        Assert.Equal(TimeSpan.Zero, QuotaHeaders.UsedUpFor(response));
    }
}
