using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.Tests.Hosting;

public sealed class ResourceNotificationServiceTests
{
    private readonly ResourceNotificationService _notifications = new();
    private readonly ProjectResource _service = new("service");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitForHealthy_WithAnUnhealthyCheck_WaitsUntilItIsHealthy()
    {
        Publish("Running", new HealthReportSnapshot("check", null, null, null));
        var wait = _notifications.WaitForResourceHealthyAsync("service", Cancelled);
        Assert.False(wait.IsCompleted);
        Publish("Running", new HealthReportSnapshot("check", HealthStatus.Unhealthy, null, null));
        Assert.False(wait.IsCompleted);

        Publish("Running", new HealthReportSnapshot("check", HealthStatus.Healthy, null, null));

        Assert.Equal("service-1", (await wait.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).ResourceId);
    }

    [Fact]
    public async Task WaitForHealthy_OfOneThatEnds_Fails()
    {
        Publish("Starting");
        var wait = _notifications.WaitForResourceHealthyAsync("service", Cancelled);

        Publish("FailedToStart");

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => wait.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
        Assert.Contains("service is FailedToStart", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_OfLateComer_BeginsWithTheNewestState()
    {
        Publish("Starting");
        Publish("Running");

        var first = await _notifications.WatchAsync(Cancelled).FirstAsync(Cancelled);

        Assert.Equal("Running", first.Snapshot.State?.Text);
    }

    [Fact]
    public async Task Watch_WhileNothingChanges_TellsNothing()
    {
        Publish("Running");
        await using var watch = _notifications.WatchAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync();

        _notifications.Publish(_service, "service-1", s => s! with { });
        Assert.False(next.IsCompleted);
        Publish("Stopping");

        Assert.True(await next);
        Assert.Equal("Stopping", watch.Current.Snapshot.State?.Text);
    }

    private void Publish(string state, params HealthReportSnapshot[] reports) => _notifications.Publish(
        _service, "service-1", _ => new CustomResourceSnapshot { ResourceType = "Project", Properties = [], State = state, HealthReports = [.. reports] });
}
