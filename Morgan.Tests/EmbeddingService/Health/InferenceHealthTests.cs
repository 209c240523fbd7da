using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Pipeline;

namespace Morgan.Tests.EmbeddingService.Health;

public sealed class InferenceHealthTests
{
    [Fact]
    public async Task HungInference_MakesTheServiceUnhealthyAndItsEndHealsIt()
    {
        var time = new FakeTimeProvider();
        await using var host = await EmbeddingHost.StartAsync(builder => builder.Services.TryAddSingleton<TimeProvider>(time));
        using var workshop = new Workshop(scheduler: host.Services.GetRequiredService<SchedulerSet>().Of("cpu"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host));

        workshop.Engine.MayRun.Reset();
        var hung = workshop.EmbedAsync(["hangs"], CacheDirectives.None, TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the run");
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host));

        workshop.Engine.MayRun.Set();
        await hung;
        await Wait.UntilAsync(() => workshop.Scheduler.LongestRun == TimeSpan.Zero, "the run's end");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host));
    }

    private static async Task<HttpStatusCode> StatusAsync(EmbeddingHost host)
    {
        using var response = await host.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
