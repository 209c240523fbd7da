using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Morgan.Benchmarks.Limits;
using Morgan.Tests.State;

namespace Morgan.Tests.Benchmarks;

/// <summary>The simulation of limits: the gateway's own code and scripts, in virtual time.</summary>
public sealed class LimitsRunTests
{
    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Garnet)]
    public async Task ThreeReplicas_ThreeTimesTheLoad_GetTheLimitAndNotMore_AndTheSameEachTime(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        await using var client = await store.ConnectAsync();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var run = new LimitsRun(Replicas: 3, Load: 3, TimeSpan.FromMilliseconds(50), Seed: 1);

        var first = await RunAsync("first");
        var again = await RunAsync("again");

        Assert.InRange(first.Most, LimitsRun.Limit * 99 / 100, LimitsRun.Limit);
        Assert.InRange(first.Fewest!.Value, LimitsRun.Limit * 99 / 100, LimitsRun.Limit);
        Assert.True(first.Refused > first.Requests / 2);
        Assert.Equal((first.Requests, first.Refused, first.Most, first.Fewest, first.Calls), (again.Requests, again.Refused, again.Most, again.Fewest, again.Calls));

        Task<LimitsOutcome> RunAsync(string keys) =>
            run.RunAsync(client.GetDatabase(), keys, services.GetRequiredService<IMeterFactory>(), TestContext.Current.CancellationToken);
    }
}
