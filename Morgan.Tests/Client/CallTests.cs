using System.ClientModel;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.EmbeddingService;
using Morgan.Tests.LlmService.Gateway;
using OpenTelemetry.Trace;

namespace Morgan.Tests.Client;

/// <summary>What a registered client does against a real gateway.</summary>
public sealed class CallTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_WholeAndStreamed_IsAnsweredWithUsage()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        using var client = RunningClient.Of(gateway.Address);

        var whole = await client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled);
        var streamed = await client.Chat.GetStreamingResponseAsync("Hello", cancellationToken: Cancelled).ToChatResponseAsync(Cancelled);

        Assert.NotEmpty(whole.Text);
        Assert.NotEmpty(streamed.Text);
        Assert.True(whole.Usage!.OutputTokenCount > 0 && streamed.Usage!.OutputTokenCount > 0);
    }

    [Fact]
    public async Task Chat_ThatNamesAModel_AsksForIt()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        using var client = RunningClient.Create(
            builder => builder.AddMorganClient("morgan"), $"ConnectionStrings:morgan=Endpoint={gateway.Address};Model=not-there");

        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled));
        var answer = await client.Chat.GetResponseAsync("Hello", new ChatOptions { ModelId = "morgan-sim" }, Cancelled);

        Assert.Equal(404, refusal.Status);
        Assert.NotEmpty(answer.Text);
    }

    [Fact]
    public async Task Embeddings_OfTheModelThatMorganShips_AreItsVectors()
    {
        await using var embedding = await RunningApp.StartAsync(EmbeddingApplication.Create);
        await using var gateway = await RunningGateway.StartAsync([], $"--Llm:Embedding:Url={embedding.Address}");
        using var client = RunningClient.Of(gateway.Address);

        var vectors = await client.Embeddings.GenerateAsync(["a cat", "a dog"], cancellationToken: Cancelled);

        Assert.Equal([512, 512], vectors.Select(vector => vector.Vector.Length));
        Assert.Equal(1.0, vectors[0].Vector.ToArray().Sum(x => x * x), tolerance: 1e-3);
    }

    [Theory]
    [InlineData(";Key=right-key-of-the-tests", true)]
    [InlineData(";Key=wrong-key-of-the-tests", false)]
    [InlineData("", false)]
    public async Task Key_OfTheConnectionString_IsSent(string more, bool isLetIn)
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Auth:Keys:0:Id=ci", "--Auth:Keys:0:Key=right-key-of-the-tests");
        using var client = RunningClient.Of(gateway.Address, more);

        var problem = await Record.ExceptionAsync(() => client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled));

        Assert.Equal(isLetIn ? null : 401, (problem as ClientResultException)?.Status);
    }

    [Fact]
    public async Task NoKey_WhereAnonymousCallersAreLetIn_IsLetIn()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Auth:AllowAnonymous=true", "--Auth:Keys:0:Id=ci", "--Auth:Keys:0:Key=right-key-of-the-tests");
        using var client = RunningClient.Of(gateway.Address);

        Assert.NotEmpty((await client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled)).Text);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task Refusal_OfTheGateway_IsNotAskedAgain_EvenWithTheStandardResilience(int status)
    {
        var requests = 0;
        await using var gateway = await ScriptedHost.StartAsync(context =>
        {
            Interlocked.Increment(ref requests);
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("""{"error":{"message":"no","type":"server_error","param":null,"code":"no_healthy_host"}}""", Cancelled);
        });
        using var client = RunningClient.Create(
            builder =>
            {
                // as the service defaults of Aspire's templates do
                builder.Services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
                builder.AddMorganClient("morgan");
            },
            $"ConnectionStrings:morgan=Endpoint={gateway.Address};Model=morgan-sim");

        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled));

        Assert.Equal((status, 1), (refusal.Status, requests));
    }

    [Fact]
    public async Task Answer_PastTheNetworkTimeout_IsGivenUp()
    {
        await using var gateway = await ScriptedHost.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = RunningClient.Create(
            builder => builder.AddMorganClient("morgan"),
            $"ConnectionStrings:morgan=Endpoint={gateway.Address};Model=morgan-sim", "Morgan:Client:NetworkTimeout=00:00:00.2");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled).WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
    }

    [Theory]
    [InlineData(false, "chat morgan-sim,embeddings morgan-sim")]
    [InlineData(true, "")]
    public async Task Spans_OfChatAndEmbeddings_AreTracedUnlessDisabled(bool isDisabled, string expected)
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        var spans = new List<Activity>();
        using var client = RunningClient.Create(
            builder =>
            {
                builder.AddMorganClient("morgan");
                builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new Collecting(spans)));
            },
            $"ConnectionStrings:morgan=Endpoint={gateway.Address};Model=morgan-sim;EmbeddingModel=morgan-sim", $"Morgan:Client:DisableTracing={isDisabled}",
            $"Morgan:Client:DisableMetrics={isDisabled}");
        _ = client.Services.GetRequiredService<TracerProvider>();

        using (var request = new Activity("test") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start())
        {
            await client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled);
            await client.Embeddings.GenerateAsync(["Hello"], cancellationToken: Cancelled);

            // the gateways of other tests write spans of the same names
            var mine = spans.Where(span => span.TraceId == request.TraceId && span.Source.Name.EndsWith("Microsoft.Extensions.AI", StringComparison.Ordinal));
            Assert.Equal(expected, string.Join(',', mine.Select(span => span.DisplayName)));
        }
    }

    [Fact]
    public async Task Key_WhateverIsLogged_IsNotInIt()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        var lines = new Lines();
        using var client = RunningClient.Create(
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(lines);
                builder.AddMorganClient("morgan");
            },
            $"ConnectionStrings:morgan=Endpoint={gateway.Address};Model=morgan-sim;Key=s3cret-key");

        await client.Chat.GetResponseAsync("Hello", cancellationToken: Cancelled);

        Assert.Contains(lines.Written, line => line.Contains("Authorization", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.Written, line => line.Contains("s3cret-key", StringComparison.Ordinal));
    }

    private sealed class Collecting(List<Activity> spans) : OpenTelemetry.BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            lock (spans)
            {
                spans.Add(data);
            }
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Written)
            {
                Written.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
