using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Morgan.Tests.AppHost;
using Morgan.Tests.Docs;

namespace Morgan.Tests.Hosting;

/// <summary>What README promises to somebody who has an Ollama: a chat through it, a drained host, a trace. Its commands are run in their order.</summary>
[Collection(typeof(MorganAppCollection))]
public sealed partial class WalkThroughTests
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan ExportDeadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readme_WithAnOllama_LeadsToAChatADrainedHostAndATrace()
    {
        DocumentedCommand.RequireShell();
        await using var ollama = await RunningApp.StartAsync(FakeOllama.Create);
        await using var app = await StartAsync(ollama.Address);
        string[] blocks = [.. Block().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Cancelled)).Select(match => match.Groups[1].Value)];
        Assert.Equal(3, blocks.Length);
        using var gateway = app.CreateHttpClient("llm");
        await Eventually.TrueAsync(
            async () => (await gateway.GetStringAsync("/v1/models", Cancelled)).Contains(FakeOllama.Model, StringComparison.Ordinal), "the gateway knows the model");

        var chat = await RunAsync(app, blocks[0]);
        Assert.Contains($"\"id\":\"{FakeOllama.Model}\"", chat, StringComparison.Ordinal);
        Assert.Contains(FakeOllama.Answer, chat, StringComparison.Ordinal);

        var drained = await RunAsync(app, blocks[1]);
        Assert.Equal(["true", "true", "false"], Draining().Matches(drained).Select(match => match.Groups[1].Value));

        var traced = await RunAsync(app, blocks[2]);
        Assert.EndsWith("data: [DONE]", traced.TrimEnd(), StringComparison.Ordinal);
        await RequireTraceAsync(app, TraceId().Match(blocks[2]).Groups[1].Value);
    }

    // The AppHost looks for an Ollama, as on anybody's machine, and finds this one.
    private static async Task<DistributedApplication> StartAsync(Uri ollama)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(StartDeadline);
        string[] args = [.. MorganApp.Args().Where(arg => !arg.Contains("LlmHosts", StringComparison.Ordinal)), "--Morgan:LlmHosts=auto", $"--OLLAMA_HOST={ollama.Authority}"];
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Morgan_AppHost>(args, (options, _) => options.DisableDashboard = false, deadline.Token);
        var app = await builder.BuildAsync(deadline.Token);
        try
        {
            await app.StartAsync(deadline.Token);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("llm", deadline.Token);
            return app;
        }
        catch (DistributedApplicationException problem) when (MorganApp.IsMissing(problem))
        {
            await app.DisposeAsync();
            Assert.Skip(problem.Message);
            throw;
        }
    }

    private static async Task<string> RunAsync(DistributedApplication app, string block) =>
        await DocumentedCommand.RunAsync(block.Replace("http://localhost:5080", app.GetEndpoint("llm").ToString().TrimEnd('/'), StringComparison.Ordinal));

    private static async Task RequireTraceAsync(DistributedApplication app, string traceId)
    {
        using var client = new DashboardClient(app);
        using var dashboard = new HttpClient
        {
            BaseAddress = new Uri(client.Dashboard.Web.Url),
            DefaultRequestHeaders = { { "x-api-key", client.Dashboard.Settings.ApiKey } },
        };
        await Eventually.TrueAsync(
            async () =>
            {
                var traces = await dashboard.GetStringAsync("/api/telemetry/traces", Cancelled);
                return traces.Contains(traceId, StringComparison.OrdinalIgnoreCase) && traces.Contains($"chat {FakeOllama.Model}", StringComparison.Ordinal);
            },
            "the dashboard has the trace of the chat",
            ExportDeadline);
    }

    [GeneratedRegex(@"```sh walk-through\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"""draining"":(true|false)")]
    private static partial Regex Draining();

    [GeneratedRegex(@"traceparent: 00-([0-9a-f]{32})-")]
    private static partial Regex TraceId();
}
