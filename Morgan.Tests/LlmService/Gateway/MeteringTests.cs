using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>What is counted, and what is told of it.</summary>
public sealed class MeteringTests
{
    // Fault 11: streams without usage count as zero.
    [Fact]
    public async Task Fault11_StreamWithoutUsage_IsCountedAndMarkedAsEstimated()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.FaultAsync("no-usage");

        var span = await SpanAsync(gateway, () => gateway.StreamAsync());

        Assert.True((long)span.GetTagItem("gen_ai.usage.output_tokens")! > 0);
        Assert.True((long)span.GetTagItem("gen_ai.usage.input_tokens")! > 0);
        Assert.Equal(true, span.GetTagItem("morgan.usage.estimated"));
    }

    [Fact]
    public async Task Stream_OfAHostKnownToReportUsage_IsCountedExactlyAndTheClientSeesNothingOfIt()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        var text = "";

        var span = await SpanAsync(gateway, async () => text = await gateway.StreamAsync());

        Assert.Equal(false, span.GetTagItem("morgan.usage.estimated"));
        Assert.True((long)span.GetTagItem("gen_ai.usage.output_tokens")! > 0);
        Assert.DoesNotContain("usage", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_WithUsageAskedFor_HasIt()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        Assert.Contains("\"total_tokens\"", await gateway.StreamAsync(",\"stream_options\":{\"include_usage\":true}"), StringComparison.Ordinal);
        Assert.DoesNotContain("usage", await gateway.StreamAsync(",\"stream_options\":{\"include_usage\":false}"), StringComparison.Ordinal);
        Assert.DoesNotContain("usage", await gateway.StreamAsync(",\"stream_options\":null"), StringComparison.Ordinal);
        Assert.DoesNotContain("usage", await gateway.StreamAsync(",\"stream_options\":{}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LyingUsage_IsNotBelieved()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.FaultAsync("lying-usage");

        var span = await SpanAsync(gateway, async () => (await gateway.ChatAsync()).Dispose());

        Assert.True((long)span.GetTagItem("gen_ai.usage.output_tokens")! < 10_000);
        Assert.Equal(true, span.GetTagItem("morgan.usage.estimated"));
    }

    // Fault 10: cached tokens billed twice. Fault 11: a cached_tokens of zero is dropped.
    [Theory]
    [InlineData(0)]
    [InlineData(80)]
    public async Task Fault10_CachedTokens_ArePartOfThePromptAndCountOnce(long cached)
    {
        await using var host = await ScriptedHost.StartAsync(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(
                """{"id":"c","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":CACHED}}}"""
                    .Replace("CACHED", cached.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        });
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=s", $"--Llm:Hosts:0:Url={host.Address}v1");

        var span = await SpanAsync(gateway, async () => (await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "m"))).Dispose());

        Assert.Equal((100L, 10L, cached), ((long)span.GetTagItem("gen_ai.usage.input_tokens")!, (long)span.GetTagItem("gen_ai.usage.output_tokens")!,
            (long)span.GetTagItem("gen_ai.usage.cache_read.input_tokens")!));
    }

    [Fact]
    public async Task Span_HasTheNamesOfTheConventionsAndNoContent()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        var span = await SpanAsync(gateway, async () => (await gateway.ChatAsync()).Dispose());

        Assert.Equal("chat morgan-sim", span.DisplayName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal("chat", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("openai", span.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("morgan-sim", span.GetTagItem("gen_ai.request.model"));
        Assert.Equal("one", span.GetTagItem("morgan.host"));
        Assert.Equal(1, span.GetTagItem("morgan.attempts"));
        Assert.Equal("127.0.0.1", span.GetTagItem("server.address"));
        Assert.NotNull(span.GetTagItem("gen_ai.response.id"));
        Assert.Equal(["stop"], (string[])span.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.DoesNotContain("friend", string.Join(' ', span.TagObjects.Select(tag => tag.Value)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Span_WithTheSwitchOn_HasPromptAndAnswer(bool stream)
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true");

        var span = await SpanAsync(gateway, async () => (await gateway.ChatAsync(stream)).Dispose());

        Assert.Equal(
            """[{"role":"user","parts":[{"type":"text","content":"Say hello, friend"}]}]""",
            span.GetTagItem("gen_ai.input.messages"));
        var answer = JsonDocument.Parse((string)span.GetTagItem("gen_ai.output.messages")!).RootElement[0];
        Assert.NotEmpty(answer.GetProperty("parts")[0].GetProperty("content").GetString()!);
    }

    [Fact]
    public async Task Span_OfAFailure_HasItsType()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Timeouts:Idle=00:00:00.2");
        await host.FaultAsync("stall", new { afterEvents = 3 });

        var span = await SpanAsync(gateway, () => gateway.StreamAsync());

        Assert.Equal("stream_idle_timeout", span.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    [Fact]
    public async Task Span_OfAClientThatLeft_SaysSo()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.FaultAsync("hang");
        using var leaving = new CancellationTokenSource();

        var span = await SpanAsync(gateway, async () =>
        {
            var request = gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), leaving.Token);
            await Eventually.TrueAsync(async () => await host.CountAsync("inFlight") == 1, "the host is asked");
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        });

        Assert.Equal("client_closed_request", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Metrics_AreThere()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Metrics:Prometheus=true");
        await gateway.StreamAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                var text = await gateway.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
                return ((string[])[
                    "gen_ai_client_operation_duration_seconds", "gen_ai_client_token_usage", "gen_ai_server_request_duration_seconds",
                    "gen_ai_server_time_to_first_token_seconds", "gen_ai_server_time_per_output_token_seconds", "morgan_attempts", "morgan_host_in_flight"])
                    .All(name => text.Contains(name, StringComparison.Ordinal));
            },
            "the metrics of the conventions");
    }

    // The span of the one request that the action sends, found by the request's own trace.
    private static async Task<Activity> SpanAsync(RunningGateway gateway, Func<Task> action)
    {
        _ = gateway;
        using var root = new Activity("test").Start();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            // The server's own span, which takes up the client's trace, is only made where somebody takes it.
            ShouldListenTo = source => source.Name is "Morgan.LlmService" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == root.TraceId && span.Source.Name == "Morgan.LlmService")
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await action();
        await Eventually.TrueAsync(() => !spans.IsEmpty, "the span is ended");
        return spans.First();
    }
}
