using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class BackoffTests
{
    [Fact]
    public void Delay_WithoutJitter_DoublesToTheLimit()
    {
        var options = new RetryOptions { Jitter = false };

        var seconds = Enumerable.Range(0, 9).Select(round => Backoff.Delay(options, round, Random.Shared).TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], seconds);
    }

    [Fact]
    public void Delay_WithJitter_EvenlyBetweenZeroAndFullLength()
    {
        var random = new Random(1);
        var delays = Enumerable.Range(0, 10_000).Select(_ => Backoff.Delay(new RetryOptions(), 2, random).TotalSeconds).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, 0, 4));
        Assert.InRange(delays.Average(), 1.95, 2.05);
        Assert.InRange(delays.Count(delay => delay < 1), 2_350, 2_650);
    }
}
