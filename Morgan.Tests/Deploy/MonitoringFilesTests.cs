using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Morgan.Tests.EmbeddingService;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Deploy;

/// <summary>The alerts and the Grafana dashboard ask for nothing that <c>/metrics</c> does not have.</summary>
public sealed partial class MonitoringFilesTests
{
    private static readonly string Rules = Path.Combine(Repository.Root, "deploy", "prometheus", "morgan.rules.yml");
    private static readonly string Grafana = Path.Combine(Repository.Root, "deploy", "grafana", "morgan-dashboard.json");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queries_OfAlertsAndDashboard_NameMetricsAndLabelsThatAreThere()
    {
        var queries = (await File.ReadAllTextAsync(Rules, Cancelled)) + string.Join('\n', await PanelQueriesAsync());
        await using var good = await SimulatedHost.StartAsync("good");
        await using var bad = await SimulatedHost.StartAsync("bad");
        await bad.PlanAsync(new { faults = new object[] { new { kind = "cut", afterEvents = 2, count = 1 }, new { kind = "status", status = 503 } } });
        await using var embedding = await EmbeddingHost.StartAsync("--Metrics:Prometheus=true");
        await using var gateway = await RunningGateway.StartAsync(
            [good, bad], "--Metrics:Prometheus=true", "--Llm:Strategy=round-robin", "--Llm:CircuitBreaker:FailureThreshold=4",
            "--Llm:RateLimit:Algorithm=token-bucket", "--Llm:RateLimit:RequestsPerSecond=20", "--Llm:RateLimit:Burst=1",
            "--Tenants:default:RequestsPerMinute=40");

        var refused = false;
        for (var i = 0; i < 60 && !refused; i++)
        {
            using var answer = await gateway.ChatAsync(stream: i % 4 < 2);
            await answer.Content.ReadAsStringAsync(Cancelled);
            refused = answer.StatusCode == HttpStatusCode.TooManyRequests;
        }

        Assert.True(refused, "the tenant's limit was not reached");

        // With the hosts' rates limited, a second attempt may as well wait for the same host.
        await using var unlimited = await RunningGateway.StartAsync([good, bad], "--Metrics:Prometheus=true", "--Llm:Strategy=round-robin");
        for (var i = 0; i < 2; i++)
        {
            using var answer = await unlimited.ChatAsync();
        }

        await embedding.VectorsAsync("once");
        await embedding.VectorsAsync("once");
        var scraped = await gateway.Client.GetStringAsync("/metrics", Cancelled) + await unlimited.Client.GetStringAsync("/metrics", Cancelled)
            + await embedding.Client.GetStringAsync("/metrics", Cancelled);

        var selectors = Selector().Matches(queries);
        Assert.True(selectors.Count > 30, "the files ask for something");
        Assert.Empty(selectors.SelectMany(used => Missing(used, scraped)).Distinct());
    }

    [Fact]
    public async Task Alerts_HaveARunbookEach()
    {
        var operations = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), Cancelled);
        var alerts = AlertName().Matches(await File.ReadAllTextAsync(Rules, Cancelled)).Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(alerts);
        Assert.DoesNotContain(alerts, alert => !operations.Contains($"### {alert}\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rules_AreAcceptedByPrometheus()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/promtool"), "promtool (of the package prometheus) is not installed");
        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "rules", Rules]) { RedirectStandardOutput = true })!;
        var said = await promtool.StandardOutput.ReadToEndAsync(Cancelled);
        await promtool.WaitForExitAsync(Cancelled);

        Assert.True(promtool.ExitCode == 0, said);
    }

    private static async Task<List<string>> PanelQueriesAsync()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Grafana, Cancelled));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)];
    }

    // by (morgan_host) (morgan_attempts_total{outcome="failed"}) wants the metric and, on some line of it, both labels
    private static IEnumerable<string> Missing(Match used, string scraped)
    {
        var name = used.Groups["metric"].Value;
        var lines = Regex.Matches(scraped, $"^{name}(\\{{.*\\}})? ", RegexOptions.Multiline).Select(m => m.Value).ToList();
        if (lines.Count == 0)
        {
            return [$"metric {name}"];
        }

        var labels = Label().Matches(used.Groups["matchers"].Value).Select(m => m.Groups[1].Value)
            .Concat(used.Groups["by"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return labels.Where(label => !lines.Exists(line => line.Contains($"{label}=\"", StringComparison.Ordinal))).Select(label => $"label {label} of {name}");
    }

    [GeneratedRegex(@"(?:by \((?<by>[a-z_, ]*)\) \((?:rate\()?)?(?<metric>(?<!labels\.)\b(?:morgan|gen_ai)_[a-z_]+)(?<matchers>\{[^}]*\})?(?=[\[ )\n])")]
    private static partial Regex Selector();

    [GeneratedRegex(@"([a-z_]+)(?:=~|!=|=)""")]
    private static partial Regex Label();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex AlertName();
}
