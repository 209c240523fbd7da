using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>What is exported where there is somebody to export to.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task ChecksAndListsOfModels_AreNoTraces()
    {
        var exported = new Exported();
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync(
            [host],
            builder => builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(exported)),
            "--Llm:Health:Interval=00:00:00.05", "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
        await Eventually.TrueAsync(async () => await host.CountAsync("healthChecks") > 6, "the host is checked and asked");

        // Gateways of other tests in this process are listened to as well, so the trace is known by its id.
        var trace = ActivityTraceId.CreateRandom();
        (await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), TestContext.Current.CancellationToken,
            ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"))).Dispose();

        await Eventually.TrueAsync(
            () => exported.Spans.Any(span => span.DisplayName == "chat morgan-sim" && span.TraceId == trace), "the request's span is exported");
        Assert.Contains(exported.Spans, span => span.TraceId == trace && span.Source.Name == "Morgan.Upstreams" && ToHost(span, host));
        Assert.DoesNotContain(exported.Spans, span => ToHost(span, host) && span.TraceId != trace);
    }

    private static bool ToHost(Activity span, SimulatedHost host) =>
        span.GetTagItem("url.full") is string url && url.StartsWith(host.Url, StringComparison.Ordinal);

    private sealed class Exported : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = new();

        public override void OnEnd(Activity data) => Spans.Enqueue(data);
    }
}
