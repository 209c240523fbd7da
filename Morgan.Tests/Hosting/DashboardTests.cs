using System.Net;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Hosting;

[Collection(typeof(MorganAppCollection))]
public sealed class DashboardTests(MorganApp morgan)
{
    private static readonly TimeSpan ExportDeadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("traces")]
    [InlineData("logs")]
    public async Task Telemetry_OfACall_ArrivesAtTheDashboard(string kind)
    {
        using var llm = morgan.App.CreateHttpClient("llm");
        using var body = new StringContent("""{"input":"telemetry"}""", Encoding.UTF8, "application/json");
        using var answer = await llm.PostAsync("/v1/embeddings", body, Cancelled);
        using var client = new DashboardClient(morgan.App);
        using var dashboard = Telemetry(client);

        await Eventually.TrueAsync(
            async () => (await dashboard.GetStringAsync($"/api/telemetry/{kind}", Cancelled)).Contains("embedding", StringComparison.Ordinal),
            $"{kind} of the embedding service arrive",
            ExportDeadline);
    }

    [Fact]
    public async Task Telemetry_OfServices_IsToldApartByTheirNames()
    {
        using var client = new DashboardClient(morgan.App);
        using var dashboard = Telemetry(client);

        await Eventually.TrueAsync(
            async () =>
            {
                var resources = await dashboard.GetStringAsync("/api/telemetry/resources", Cancelled);
                using var document = JsonDocument.Parse(resources);
                return new[] { "\"llm\"", "\"embedding\"" }.All(name => resources.Contains(name, StringComparison.Ordinal));
            },
            "both services have told their names",
            ExportDeadline);
    }

    [Fact]
    public async Task Dashboard_WithoutItsKeys_LetsNobodyIn()
    {
        using var client = new DashboardClient(morgan.App);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(client.Dashboard.Web.Url) };

        using var page = await http.GetAsync("/", Cancelled);
        using var telemetry = await http.GetAsync("/api/telemetry/traces", Cancelled);

        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Contains("/login", page.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, telemetry.StatusCode);
    }

    private static HttpClient Telemetry(DashboardClient client) => new()
    {
        BaseAddress = new Uri(client.Dashboard.Web.Url),
        DefaultRequestHeaders = { { "x-api-key", client.Dashboard.Settings.ApiKey } },
    };
}
