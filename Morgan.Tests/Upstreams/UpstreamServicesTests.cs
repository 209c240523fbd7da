using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;
using HostOptions = Morgan.Upstreams.Configuration.HostOptions;

namespace Morgan.Tests.Upstreams;

public sealed class UpstreamServicesTests
{
    [Fact]
    public async Task AddUpstreams_InAnApplication_HostsAreFoundCheckedAndCalled()
    {
        var paths = new List<string>();
        await using var host = await KestrelHost.StartAsync(async context =>
        {
            lock (paths)
            {
                paths.Add($"{context.Request.Method} {context.Request.Path}");
            }

            await context.Response.WriteAsync("hello", context.RequestAborted);
        });
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["services:gpu:http:0"] = host.Address.AbsoluteUri });
        builder.Services.AddServiceDiscovery();
        builder.Services.AddUpstreams();
        using var application = builder.Build();
        var registry = application.Services.GetRequiredService<HostRegistry>();
        registry.Apply(new UpstreamOptions { Hosts = [new HostOptions { Name = "a", Url = "https+http://gpu/v1" }] });
        await registry.WhenReady(TestContext.Current.CancellationToken);
        await application.StartAsync(TestContext.Current.CancellationToken);

        await TestEngine.UntilAsync(() => registry.Current.Find("a")?.Describe().State == "healthy");
        await using (var result = await application.Services.GetRequiredService<UpstreamClient>().SendAsync(
            new UpstreamRequest
            {
                Tiers = registry.Current.CreateTiers([new Candidate(registry.Current.Hosts[0], "m")]),
                Attempts = new TestExchange(),
                Deadline = Deadline.After(TimeProvider.System, TimeSpan.FromSeconds(30)),
            },
            TestContext.Current.CancellationToken))
        {
            Assert.Equal("hello", await result.Response!.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        await application.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["GET /v1/models", "POST /v1/chat/completions"], paths);

        // The check has opened the connection that the request then used.
        Assert.Equal(1, host.Connections);
    }
}
