using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Health;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Health;

public sealed class HostHealthTests
{
    private readonly List<string> _changes = [];
    private readonly HostHealth _health;

    public HostHealthTests() => _health = new HostHealth(new HealthOptions(), (from, to) => _changes.Add($"{from}>{to}"));

    [Fact]
    public void Checks_FailingInARow_DegradedAtTwoUnhealthyAtFive()
    {
        Assert.Equal(HealthState.Unknown, _health.State);
        Check(true);
        var states = Enumerable.Range(0, 5).Select(_ =>
        {
            Check(false);
            return _health.State;
        });

        Assert.Equal(
            [HealthState.Healthy, HealthState.Degraded, HealthState.Degraded, HealthState.Degraded, HealthState.Unhealthy], states);
        Assert.Equal(5, _health.ConsecutiveFailures);
    }

    [Fact]
    public void Check_OneSuccess_HealthyAgain()
    {
        for (var i = 0; i < 7; i++)
        {
            Check(false);
        }

        Check(true);

        Assert.Equal((HealthState.Healthy, 0), (_health.State, _health.ConsecutiveFailures));
        Assert.Equal(["Unknown>Degraded", "Degraded>Unhealthy", "Unhealthy>Healthy"], _changes);
    }

    [Fact]
    public void Requests_Outcomes_CountLikeChecks()
    {
        Check(false);
        _health.Failed();
        Assert.Equal(HealthState.Degraded, _health.State);

        _health.Succeeded();
        Assert.Equal(HealthState.Healthy, _health.State);
        Assert.Single(_health.Checks());
    }

    [Fact]
    public void Checks_MoreThanAHundred_TheLastHundredAreKept()
    {
        Assert.Equal(100, _health.UptimePercent);
        for (var i = 0; i < 150; i++)
        {
            Check(i % 4 != 0, i);
        }

        Assert.Equal(Enumerable.Range(50, 100).Select(i => (double)i), _health.Checks().Select(check => check.ResponseMs));
        Assert.Equal(75, _health.UptimePercent);
        Assert.Equal(149, _health.LastCheck!.ResponseMs);
    }

    private void Check(bool ok, double milliseconds = 1) =>
        _health.Checked(new HealthCheckView(DateTimeOffset.UnixEpoch, ok, milliseconds, ok ? null : "status 500"));
}
