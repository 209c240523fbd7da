using System.Text;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Hosting;

[Collection(typeof(MorganAppCollection))]
public sealed class TraceTests(MorganApp morgan)
{
    private static readonly TimeSpan ExportDeadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EmbeddingsCallThroughTheGateway_IsOneTraceOfGatewayEmbeddingServiceAndCache()
    {
        using var llm = morgan.App.CreateHttpClient("llm");
        using var client = new DashboardClient(morgan.App);
        using var dashboard = new HttpClient
        {
            BaseAddress = new Uri(client.Dashboard.Web.Url),
            DefaultRequestHeaders = { { "x-api-key", client.Dashboard.Settings.ApiKey } },
        };

        // A text that was never asked for: L1 cannot answer, so the shared cache is asked.
        await Eventually.TrueAsync(
            async () =>
            {
                using var body = new StringContent($$"""{"input":"{{Guid.NewGuid()}}"}""", Encoding.UTF8, "application/json");
                using var answer = await llm.PostAsync("/v1/embeddings", body, Cancelled);
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
                return Traces(await dashboard.GetStringAsync("/api/telemetry/traces", Cancelled)).Exists(spans =>
                    spans.Contains(("llm", "POST /v1/embeddings"))
                    && spans.Contains(("embedding", "POST /v1/embeddings"))
                    && spans.Contains(("embedding", "MGET")));
            },
            "a trace has spans of the gateway, the embedding service and the cache",
            ExportDeadline);
    }

    // {"data":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",…}]},"scopeSpans":[{"spans":[{"traceId","name"}]}]}]}}
    private static List<HashSet<(string Service, string Span)>> Traces(string json)
    {
        using var document = JsonDocument.Parse(json);
        var traces = new Dictionary<string, HashSet<(string, string)>>();
        foreach (var resource in document.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray())
        {
            var service = resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
                .First(attribute => attribute.GetProperty("key").GetString() == "service.name")
                .GetProperty("value").GetProperty("stringValue").GetString()!;
            foreach (var span in resource.GetProperty("scopeSpans").EnumerateArray().SelectMany(scope => scope.GetProperty("spans").EnumerateArray()))
            {
                var id = span.GetProperty("traceId").GetString()!;
                traces.TryAdd(id, []);
                traces[id].Add((service, span.GetProperty("name").GetString()!));
            }
        }

        return [.. traces.Values];
    }
}
