using System.Net;
using Microsoft.AspNetCore.Http;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class EmbeddingsTests
{
    private const string Models = """{"data":[{"id":"use-lite","created":5,"owned_by":"morgan"}]}""";

    [Theory]
    [InlineData("""{"model":"use-lite","input":["a"]}""")]
    [InlineData("""{"input":["a"]}""")]
    public async Task Embeddings_OfTheEmbeddingService_GoThereWithHeadersBothWays(string body)
    {
        await using var service = await ScriptedHost.StartAsync(AnswerAsync, Models);
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync([host], service, "--Llm:Embedding:Key=inside");

        using var response = await gateway.PostAsync("/v1/embeddings", body, TestContext.Current.CancellationToken,
            ("x-morgan-if-fingerprint", "f1"), ("Cache-Control", "no-cache"), ("Authorization", "Bearer outside"));

        var sent = service.Requests.Single();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("l1=1,l2=0,miss=0", response.Headers.GetValues("x-morgan-cache").Single());
        Assert.Equal("embedding", response.Headers.GetValues("x-morgan-host").Single());
        Assert.Equal(body, service.Bodies.Single());
        Assert.Equal(("f1", "no-cache", "Bearer inside"), (sent.Headers["x-morgan-if-fingerprint"], sent.Headers["Cache-Control"], sent.Headers["Authorization"]));
        Assert.Equal(0, await host.CountAsync("requests"));
    }

    [Fact]
    public async Task Embeddings_OfAHostsModel_GoToTheHost()
    {
        await using var service = await ScriptedHost.StartAsync(AnswerAsync, Models);
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await StartAsync([host], service);

        using var response = await gateway.PostAsync("/v1/embeddings", """{"model":"morgan-sim","input":["a"]}""");

        Assert.Equal("one", response.Headers.GetValues("x-morgan-host").Single());
        Assert.Empty(service.Requests);
    }

    [Theory]
    [InlineData(409, null)]
    [InlineData(429, "3")]
    [InlineData(504, null)]
    public async Task EmbeddingService_ErrorOfItsOwn_IsPassedOn(int status, string? retryAfter)
    {
        await using var service = await ScriptedHost.StartAsync(
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                context.Response.Headers.RetryAfter = retryAfter;
                return context.Response.WriteAsync("""{"error":{"code":"its-own"}}""");
            },
            Models);
        await using var gateway = await StartAsync([], service);

        using var response = await gateway.PostAsync("/v1/embeddings", """{"input":["a"]}""");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(retryAfter, response.Headers.RetryAfter?.ToString());
        Assert.Contains("its-own", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task EmbeddingService_Away_Is503AndTheGatewayDegradedNotDown()
    {
        var service = await ScriptedHost.StartAsync(AnswerAsync, Models);
        await using var gateway = await StartAsync([], service, "--Llm:Health:Interval=00:00:00.05");
        await service.DisposeAsync();

        using var response = await gateway.PostAsync("/v1/embeddings", """{"input":["a"]}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("no_healthy_host", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var health = await gateway.Client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task EmbeddingService_IsFoundByServiceDiscovery()
    {
        await using var service = await ScriptedHost.StartAsync(AnswerAsync, Models);
        await using var gateway = await RunningGateway.StartAsync([], $"--services:embedding:http:0={service.Address.GetLeftPart(UriPartial.Authority)}");

        using var response = await gateway.PostAsync("/v1/embeddings", """{"input":["a"]}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Eventually.TrueAsync(
            async () => (await gateway.Client.GetStringAsync(new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken)).Contains("use-lite", StringComparison.Ordinal),
            "its models are listed");
    }

    private static async Task<RunningGateway> StartAsync(IReadOnlyList<SimulatedHost> hosts, ScriptedHost service, params string[] settings)
    {
        var gateway = await RunningGateway.StartAsync(hosts, [$"--Llm:Embedding:Url={service.Address}", .. settings]);
        await Eventually.TrueAsync(
            async () => (await gateway.Client.GetStringAsync(new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken)).Contains("use-lite", StringComparison.Ordinal),
            "the gateway knows the embedding service");
        return gateway;
    }

    private static Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers["x-morgan-cache"] = "l1=1,l2=0,miss=0";
        return context.Response.WriteAsync("""{"object":"list","data":[],"model":"use-lite","usage":{"prompt_tokens":1,"total_tokens":1}}""");
    }
}
