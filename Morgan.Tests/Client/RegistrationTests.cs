using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Client;

public sealed class RegistrationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keyed_TwoMorgans_AreAskedApart()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var first = await RunningGateway.StartAsync([one]);
        await using var second = await RunningGateway.StartAsync([two]);
        using var client = RunningClient.Create(
            builder =>
            {
                builder.AddKeyedMorganClient("first");
                builder.AddKeyedMorganClient("second");
            },
            $"ConnectionStrings:first=Endpoint={first.Address};Model=morgan-sim", $"ConnectionStrings:second=Endpoint={second.Address};Model=morgan-sim");

        await client.Services.GetRequiredKeyedService<IChatClient>("second").GetResponseAsync("Hello", cancellationToken: Cancelled);
        await client.Services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("second")
            .GenerateAsync(["Hello"], new EmbeddingGenerationOptions { ModelId = "morgan-sim" }, Cancelled);

        Assert.Equal((0, 2), (await one.CountAsync("requests"), await two.CountAsync("requests")));
        Assert.Null(client.Services.GetService<IChatClient>());
        Assert.Equal(["Morgan.Client_first", "Morgan.Client_second"], (await client.CheckAsync()).Entries.Keys.Order());
    }

    [Fact]
    public async Task Health_OfAGatewayThatWantsKeys_IsAskedWithoutOne()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Auth:Keys:0:Id=ci", "--Auth:Keys:0:Key=right-key-of-the-tests");
        using var client = RunningClient.Of(gateway.Address, ";Key=wrong-key-of-the-tests");

        // without a store for the limits the gateway calls itself degraded
        var entry = Assert.Single((await client.CheckAsync()).Entries);
        Assert.Equal("Morgan.Client", entry.Key);
        Assert.NotEqual(HealthStatus.Unhealthy, entry.Value.Status);
    }

    [Fact]
    public async Task Health_OfAGatewayThatIsNotThere_IsUnhealthyAndSaysWhy()
    {
        using var client = RunningClient.Of(new Uri("http://127.0.0.1:1"));
        using var unset = RunningClient.Create(builder => builder.AddMorganClient("morgan"));

        var (entry, other) = (Assert.Single((await client.CheckAsync()).Entries).Value, Assert.Single((await unset.CheckAsync()).Entries).Value);

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), (entry.Status, other.Status));
        Assert.StartsWith("no answer from Morgan: ", entry.Description, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:morgan", other.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":"healthy","checks":[]}""", 200, HealthStatus.Healthy)]
    [InlineData("""{"status":"degraded","checks":[]}""", 200, HealthStatus.Degraded)]
    [InlineData("""{"status":"unhealthy","checks":[]}""", 503, HealthStatus.Unhealthy)]
    [InlineData("<html>not Morgan</html>", 200, HealthStatus.Unhealthy)]
    public async Task Health_OfTheGateway_IsPassedOn(string body, int status, HealthStatus expected)
    {
        await using var gateway = await ScriptedHost.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/health" ? status : 404;
            return context.Response.WriteAsync(body, Cancelled);
        });
        using var client = RunningClient.Of(gateway.Address);

        Assert.Equal(expected, (await client.CheckAsync()).Status);
    }

    [Fact]
    public async Task Disabled_HealthChecks_AreNotThere()
    {
        using var client = RunningClient.Create(builder =>
        {
            builder.Services.AddHealthChecks();
            builder.AddMorganClient("morgan");
        }, "Morgan:Client:DisableHealthChecks=true");

        Assert.Empty((await client.CheckAsync()).Entries);
    }

    [Fact]
    public async Task ServiceDiscovery_OfTheApplication_FindsTheGateway()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        using var client = RunningClient.Create(
            builder =>
            {
                builder.Services.AddServiceDiscovery();
                builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
                builder.AddMorganClient("llm");
            },
            "ConnectionStrings:llm=Endpoint=https+http://llm/v1;Model=morgan-sim", $"services:llm:http:0={gateway.Address}");

        var answer = await client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled);

        Assert.NotEmpty(answer.Text);
        Assert.NotEqual(HealthStatus.Unhealthy, (await client.CheckAsync()).Status);
    }

    [Fact]
    public async Task Builder_OfTheClient_AddsToItsPipelines()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        var asked = new List<string>();
        using var client = RunningClient.Create(
            builder =>
            {
                var morgan = builder.AddMorganClient("morgan");
                morgan.ChatClient.Use((messages, options, inner, token) =>
                {
                    asked.Add("chat");
                    return inner.GetResponseAsync(messages, options, token);
                }, null);
                morgan.HttpClient.AddHttpMessageHandler(() => new Noting(asked));
            },
            $"ConnectionStrings:morgan=Endpoint={gateway.Address};Model=morgan-sim");

        await client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled);

        Assert.Equal(["chat", "/v1/chat/completions"], asked);
    }

    private sealed class Noting(List<string> asked) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            asked.Add(request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
