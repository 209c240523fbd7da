using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.AppHost.Cache;

namespace Morgan.Tests.AppHost;

[Collection(typeof(MorganAppCollection))]
public sealed class RunningMorganTests(MorganApp morgan)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cache")]
    [InlineData("embedding")]
    [InlineData("llm")]
    [InlineData("sim-fast")]
    [InlineData("sim-medium")]
    [InlineData("sim-slow")]
    public async Task Resource_OfStartedApp_IsRunningAndHealthy(string name)
    {
        var known = await morgan.App.ResourceNotifications.WaitForResourceHealthyAsync(name, Cancelled);

        Assert.Equal(KnownResourceStates.Running, known.Snapshot.State?.Text);
        Assert.Equal(HealthStatus.Healthy, known.Snapshot.HealthStatus);
    }

    [Theory]
    [InlineData("embedding")]
    [InlineData("llm")]
    [InlineData("sim-slow")]
    public async Task HttpClient_OfService_ReachesItsHealthEndpoint(string name)
    {
        using var client = morgan.App.CreateHttpClient(name);

        using var response = await client.GetAsync("/health", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(morgan.App.GetEndpoint(name, "http"), client.BaseAddress);
    }

    [Fact]
    public async Task Ports_OfTest_AreNotTheFixedOnes()
    {
        await morgan.App.ResourceNotifications.WaitForResourceHealthyAsync("llm", Cancelled);

        Assert.NotEqual(5080, morgan.App.GetEndpoint("llm").Port);
        Assert.NotEqual(5090, morgan.App.GetEndpoint("embedding").Port);
    }

    [Fact]
    public async Task Cache_ByItsConnectionString_AnswersPingOnlyWithThePassword()
    {
        var connectionString = await morgan.App.GetConnectionStringAsync("cache", Cancelled);
        var address = RedisAddress.Parse(connectionString!);
        await using var open = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(connectionString!);

        Assert.True(await open.GetDatabase().PingAsync() < TimeSpan.FromSeconds(10));
        Assert.True(address.Password!.Length >= 20);
        await Assert.ThrowsAsync<StackExchange.Redis.RedisConnectionException>(
            () => StackExchange.Redis.ConnectionMultiplexer.ConnectAsync($"{address.Host}:{address.Port},connectRetry=0,password=wrong"));
    }

    [Fact]
    public async Task Gateway_WithNoHostConfigured_AnswersForSimulators()
    {
        using var client = morgan.App.CreateHttpClient("llm");

        var models = await client.GetStringAsync("/v1/models", Cancelled);

        Assert.Contains("morgan-sim", models, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embedding_ThroughTheGateway_IsFoundByServiceDiscovery()
    {
        using var client = morgan.App.CreateHttpClient("llm");
        using var body = new StringContent("""{"input":"text in, vectors out"}""", System.Text.Encoding.UTF8, "application/json");

        using var response = await client.PostAsync("/v1/embeddings", body, Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"embedding\":[", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }
}
