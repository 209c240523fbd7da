using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Discovery;

public sealed class EndpointDirectoryTests : IAsyncDisposable
{
    private readonly IConfigurationRoot _configuration;
    private readonly ServiceProvider _services;

    public EndpointDirectoryTests()
    {
        _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        Set("services:gpu:http:0", "http://10.0.0.1:8080");
        Set("services:both:http:0", "http://10.0.0.1:8080");
        Set("services:both:https:0", "https://10.0.0.2:8443");
        Set("services:pool:http:0", "http://10.0.0.1:8080");
        Set("services:pool:http:1", "http://10.0.0.2:8080");
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(_configuration)
            .AddServiceDiscovery()
            .BuildServiceProvider();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Theory]
    [InlineData("http://gpu/v1", "http://10.0.0.1:8080/v1")]
    [InlineData("https+http://gpu/v1", "http://10.0.0.1:8080/v1")]
    [InlineData("https+http://both/v1", "https://10.0.0.2:8443/v1")]
    [InlineData("http://gpu1:11434/v1", "http://gpu1:11434/v1")]
    [InlineData("https://api.openai.com/v1", "https://api.openai.com/v1")]
    [InlineData("http://127.0.0.1:5101/v1", "http://127.0.0.1:5101/v1")]
    [InlineData("http://localhost:5101/v1", "http://localhost:5101/v1")]
    [InlineData("http://[::1]:5101/v1", "http://[::1]:5101/v1")]
    public async Task Resolve_Address_LeadsThere(string url, string address)
    {
        await using var engine = await StartAsync(url);

        var host = Assert.Single(engine.Registry.Current.Hosts);

        Assert.Equal(("a", address), (host.Name, host.Address.AbsoluteUri));
        Assert.Equal($"{address}/chat/completions", host.UriFor("chat/completions").AbsoluteUri);
    }

    [Fact]
    public async Task Resolve_SeveralEndpoints_AHostEach()
    {
        await using var engine = await StartAsync("http://pool/v1");

        var names = engine.Registry.Current.Hosts.Select(host => host.Name);

        Assert.Equal(["a@10.0.0.1:8080", "a@10.0.0.2:8080"], names);
        Assert.Equal(2, engine.Registry.Current.FindAll("a").Count);
        Assert.Single(engine.Registry.Current.FindAll("a@10.0.0.2:8080"));
        engine["10.0.0.1"].Always(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("a@10.0.0.2:8080", (await engine.RoundTripAsync()).Host!.Name);
    }

    [Fact]
    public async Task Resolve_EndpointsChange_HostsFollowAndTheOthersKeepTheirState()
    {
        await using var engine = await StartAsync("http://pool/v1");
        var kept = engine.State("a@10.0.0.2:8080");

        Set("services:pool:http:0", "http://10.0.0.9:8080");
        _configuration.Reload();

        await TestEngine.UntilAsync(() => engine.Registry.Current.Find("a@10.0.0.9:8080") is not null);
        Assert.Equal(2, engine.Registry.Current.Hosts.Count);
        Assert.Same(kept, engine.State("a@10.0.0.2:8080"));
    }

    [Fact]
    public async Task Apply_NameNotYetResolved_JoinsWhenItIs()
    {
        var options = TestEngine.Options(new HostOptions { Name = "a", Url = "http://gpu/v1" }, TestEngine.Named("127.0.0.1"));
        await using var engine = new TestEngine(options, resolver: _services.GetRequiredService<ServiceEndpointResolver>());

        Assert.Equal(UpstreamResultKind.Accepted, (await engine.RoundTripAsync()).Kind);
        await engine.Registry.WhenReady(Cancellation);

        Assert.Equal(["a", "127.0.0.1"], engine.Registry.Current.Hosts.Select(host => host.Name));
    }

    [Fact]
    public async Task Apply_NameGone_IsNoLongerFollowed()
    {
        await using var engine = await StartAsync("http://pool/v1");
        engine.Registry.Apply(TestEngine.Options("127.0.0.1"));
        var changes = 0;
        using var registration = engine.Registry.OnChange(_ => changes++);

        Set("services:pool:http:0", "http://10.0.0.9:8080");
        _configuration.Reload();
        await TestEngine.SettleAsync();

        Assert.Equal(0, changes);
        Assert.Equal("127.0.0.1", Assert.Single(engine.Registry.Current.Hosts).Name);
    }

    private async Task<TestEngine> StartAsync(string url)
    {
        var engine = new TestEngine(
            TestEngine.Options(new HostOptions { Name = "a", Url = url }),
            resolver: _services.GetRequiredService<ServiceEndpointResolver>());
        await engine.Registry.WhenReady(Cancellation);
        return engine;
    }

    private void Set(string key, string value) => _configuration[key] = value;
}
