using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>Measurements lead to the traces that they were made in.</summary>
public sealed class ExemplarTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, true)]
    [InlineData("always_off", false)]
    public async Task Metrics_WhereTracesAreSent_NameTheTraceUnlessTurnedOff(string? filter, bool named)
    {
        var (metrics, gate) = (new List<byte[]>(), new Lock());
        await using var collector = await RunningApp.StartAsync((args, _) =>
        {
            var builder = WebApplication.CreateSlimBuilder(args);
            builder.Logging.ClearProviders();
            var web = builder.Build();
            web.MapPost("/v1/metrics", async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                lock (gate)
                {
                    metrics.Add(body.ToArray());
                }
            });
            web.MapFallback(() => Results.Ok());
            return web;
        });
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync(
            [host], $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "--OTEL_METRIC_EXPORT_INTERVAL=300",
            "--Metrics:Prometheus=true", $"--OTEL_METRICS_EXEMPLAR_FILTER={filter}");
        var trace = ActivityTraceId.CreateRandom();
        using (await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), Cancelled, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01")))
        {
        }

        // The exemplar holds the id's sixteen bytes as they are, and stands in the export that has the request's duration.
        var id = Convert.FromHexString(trace.ToHexString());
        await Eventually.TrueAsync(() => Has("gen_ai.client.operation.duration"u8), "the measurement was sent");
        if (named)
        {
            await Eventually.TrueAsync(() => Has(id), "it names its trace");
            await Eventually.TrueAsync(async () => (await ScrapeAsync(gateway.Client)).Contains($"trace_id=\"{trace}\"", StringComparison.Ordinal), "so does what is scraped");
        }
        else
        {
            Assert.False(Has(id));
        }

        bool Has(ReadOnlySpan<byte> what)
        {
            lock (gate)
            {
                foreach (var body in metrics)
                {
                    if (body.AsSpan().IndexOf(what) >= 0)
                    {
                        return true;
                    }
                }

                return false;
            }
        }
    }

    private static async Task<string> ScrapeAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text; version=1.0.0");
        using var response = await client.SendAsync(request, Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }
}
