using System.Globalization;
using System.Net;
using Aspire.Hosting.Testing;
using Grpc.Core;
using Morgan.AppHost.Cache;
using Morgan.Hosting.Dashboard.Contract;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Hosting;

[Collection(typeof(MorganAppCollection))]
public sealed class ResourceListTests(MorganApp morgan)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_OfStartedApp_ShowsEveryProcessWithItsStateHealthAndUrl()
    {
        using var client = new DashboardClient(morgan.App);

        var list = (await client.ListAsync(all => all.Count(r => r.State == "Running") == 7)).Values;

        Assert.Equal(
            ["cache", "embedding", "embedding", "llm", "sim-fast", "sim-medium", "sim-slow"],
            list.Select(r => r.DisplayName).Order(StringComparer.Ordinal));
        Assert.All(list, r =>
        {
            Assert.Equal("Project", r.ResourceType);
            Assert.NotNull(r.CreatedAt);
            Assert.NotNull(r.StartedAt);
            Assert.Null(r.StoppedAt);
            Assert.All(r.HealthReports, h => Assert.True(h.HasStatus && h.Status == HealthStatus.Healthy));
            Assert.NotEmpty(r.HealthReports);
            Assert.All(r.Properties, p => Assert.NotNull(p.Value));
            Assert.NotEmpty(r.Urls);
            Assert.All(r.Urls, url =>
            {
                Assert.False(url.IsInactive);
                Assert.NotNull(url.DisplayProperties);
            });
        });
        var llm = list.Single(r => r.DisplayName == "llm");
        Assert.Equal(morgan.App.GetEndpoint("llm"), new Uri(llm.Urls[0].FullUrl));
        Assert.EndsWith("Morgan.LlmService.csproj", llm.Properties.Single(p => p.Name == "project.path").Value.StringValue, StringComparison.Ordinal);
        Assert.Contains(llm.Relationships, r => r is { ResourceName: "cache", Type: "WaitFor" });
        Assert.Equal(
            ["stop", "restart", "drain-sim-fast", "enable-sim-fast", "drain-sim-medium", "enable-sim-medium", "drain-sim-slow", "enable-sim-slow", "reset-circuits"],
            llm.Commands.Where(c => c.State == CommandState.Enabled).Select(c => c.Name));
        Assert.Equal(["Status page", "OpenAPI"], llm.Urls.Select(u => u.DisplayProperties.DisplayName));
        Assert.EndsWith("/openapi/v1.json", llm.Urls[1].FullUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_OfGateway_DrainAHostAndTakeItInAgain()
    {
        using var client = new DashboardClient(morgan.App);
        using var gateway = morgan.App.CreateHttpClient("llm");
        var llm = (await client.FindAsync("llm"))[0];

        Assert.Equal(CommandResult.Succeeded, (await client.CommandAsync("drain-sim-slow", llm)).Kind);
        Assert.Contains("\"draining\":true", await gateway.GetStringAsync("/admin/hosts/sim-slow", Cancelled), StringComparison.Ordinal);
        await client.ListAsync(all => all.Single(r => r.DisplayName == "llm").HealthReports.Any(h => h.Key == "llm_hosts"
            && h.Description.Contains("sim-slow: healthy, is being drained", StringComparison.Ordinal)
            && h.Description.StartsWith("sim-fast: healthy; ", StringComparison.Ordinal)));
        Assert.Equal(CommandResult.Succeeded, (await client.CommandAsync("enable-sim-slow", llm)).Kind);
        Assert.Contains("\"draining\":false", await gateway.GetStringAsync("/admin/hosts/sim-slow", Cancelled), StringComparison.Ordinal);
        Assert.Equal(CommandResult.Succeeded, (await client.CommandAsync("reset-circuits", llm)).Kind);
    }

    [Fact]
    public async Task Commands_OfEmbedding_ClearTheCacheAfterAQuestion()
    {
        using var client = new DashboardClient(morgan.App);
        using var http = morgan.App.CreateHttpClient("embedding");
        var embedding = (await client.FindAsync("embedding"))[0];
        var before = await EpochAsync();

        Assert.NotEmpty(embedding.Commands.Single(c => c.Name == "clear-cache").ConfirmationMessage);
        Assert.Equal(CommandResult.Succeeded, (await client.CommandAsync("clear-cache", embedding)).Kind);
        await Eventually.TrueAsync(async () => await EpochAsync() != before, "a new generation in every replica");

        async Task<string> EpochAsync() => (await http.GetStringAsync("/admin/cache", Cancelled)).Split("\"epoch\":")[1];
    }

    [Fact]
    public async Task Command_WarmCache_SaysHowItWent()
    {
        using var client = new DashboardClient(morgan.App);
        var embedding = (await client.FindAsync("embedding"))[0];
        var file = Path.Combine(Repository.Root, "Morgan.AppHost", "warm.txt");

        var answer = await client.CommandAsync("warm-cache", embedding);

        Assert.Equal(File.Exists(file) ? CommandResult.Succeeded : CommandResult.Failed, answer.Kind);
        Assert.Equal(File.Exists(file), !answer.Message.Contains("warm.txt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replicas_OfEmbedding_AreTwoProcessesBehindOneAddress()
    {
        using var client = new DashboardClient(morgan.App);

        var replicas = await client.FindAsync("embedding");

        Assert.Equal(2, replicas.Length);
        Assert.Equal(2, replicas.Select(Pid).Distinct().Count());
        Assert.Single(replicas.Select(r => r.Urls[0].FullUrl).Distinct());
        Assert.Equal(2, replicas.Select(r => Value(r, "ASPNETCORE_URLS")).Distinct().Count());
    }

    [Fact]
    public async Task Environment_OfService_IsWhatAspireGives()
    {
        using var client = new DashboardClient(morgan.App);

        var llm = (await client.FindAsync("llm"))[0];

        var embedding = morgan.App.GetEndpoint("embedding").ToString().TrimEnd('/');
        Assert.Equal(embedding, Value(llm, "services__embedding__http__0"));
        Assert.Equal(embedding, Value(llm, "EMBEDDING_HTTP"));
        Assert.Equal("llm", Value(llm, "OTEL_SERVICE_NAME"));
        Assert.Equal($"service.instance.id={llm.Name["llm-".Length..]}", Value(llm, "OTEL_RESOURCE_ATTRIBUTES"));
        Assert.Equal("Development", Value(llm, "ASPNETCORE_ENVIRONMENT"));
        Assert.Equal("http://sim-medium/v1", Value(llm, "Llm__DefaultHosts__1__Url"));
        Assert.Matches("^http://localhost:[0-9]+$", Value(llm, "ASPNETCORE_URLS"));
    }

    [Fact]
    public async Task Environment_WithSecrets_ShowsNoneOfThem()
    {
        using var client = new DashboardClient(morgan.App);
        var password = RedisAddress.Parse((await morgan.App.GetConnectionStringAsync("cache", Cancelled))!).Password!;

        var list = await client.ListAsync(all => all.Count(r => r.State == "Running") == 7);

        Assert.All(list.Values, r => Assert.DoesNotContain(password, r.ToString(), StringComparison.Ordinal));
        Assert.All(list.Values, r => Assert.DoesNotContain(client.Dashboard.Settings.OtlpKey, r.ToString(), StringComparison.Ordinal));
        Assert.EndsWith(",password=●●●●●●●●", Value(list.Values.First(r => r.DisplayName == "llm"), "ConnectionStrings__cache"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsoleLog_OfService_IsStreamed()
    {
        using var client = new DashboardClient(morgan.App);
        var llm = (await client.FindAsync("llm"))[0];
        using var call = client.Service.WatchResourceConsoleLogs(new WatchResourceConsoleLogsRequest { ResourceName = llm.Name }, client.Options);

        var lines = call.ResponseStream.ReadAllAsync(Cancelled).SelectMany(u => u.LogLines);

        Assert.Contains("Now listening on", (await lines.FirstAsync(l => l.Text.Contains("Now listening on", StringComparison.Ordinal), Cancelled)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_OfService_MakesANewProcessThatBecomesHealthy()
    {
        using var client = new DashboardClient(morgan.App);
        var before = (await client.FindAsync("sim-slow"))[0];

        var answer = await client.CommandAsync("restart", before);

        Assert.Equal(CommandResult.Succeeded, answer.Kind);
        var after = (await client.ListAsync(all => all.Any(r =>
            r.Name == before.Name && r.State == "Running" && Pid(r) != Pid(before) && r.HealthReports.All(h => h.HasStatus && h.Status == HealthStatus.Healthy))))[before.Name];
        Assert.Equal(before.Urls[0].FullUrl, after.Urls[0].FullUrl);
        using var simulator = morgan.App.CreateHttpClient("sim-slow");
        using var health = await simulator.GetAsync("/health", Cancelled);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task StopAndStart_OfService_EndsTheProcessAndBringsItBack()
    {
        using var client = new DashboardClient(morgan.App);
        var simulator = (await client.FindAsync("sim-slow"))[0];

        Assert.Equal(CommandResult.Succeeded, (await client.CommandAsync("stop", simulator)).Kind);
        var stopped = (await client.FindAsync("sim-slow", "Finished"))[0];
        Assert.NotNull(stopped.StoppedAt);
        Assert.Equal(["start"], stopped.Commands.Where(c => c.State == CommandState.Enabled).Select(c => c.Name));
        Assert.True(stopped.Urls[0].IsInactive);

        Assert.Equal(CommandResult.Succeeded, (await client.CommandAsync("start", simulator)).Kind);
        await morgan.App.ResourceNotifications.WaitForResourceHealthyAsync("sim-slow", Cancelled);
    }

    [Fact]
    public async Task Command_OfUnknownName_Fails()
    {
        using var client = new DashboardClient(morgan.App);
        var llm = (await client.FindAsync("llm"))[0];

        Assert.Equal(CommandResult.Failed, (await client.CommandAsync("explode", llm)).Kind);
        Assert.Equal(CommandResult.Failed, (await client.CommandAsync("stop", new Resource { Name = "nobody" })).Kind);
    }

    [Fact]
    public async Task List_WithoutTheKey_IsRefused()
    {
        using var client = new DashboardClient(morgan.App, key: "wrong");

        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.ListAsync(_ => true));

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
    }

    private static double Pid(Resource resource) => resource.Properties.Single(p => p.Name == "executable.pid").Value.NumberValue;

    private static string Value(Resource resource, string name) =>
        resource.Environment.SingleOrDefault(e => e.Name == name)?.Value ?? string.Create(CultureInfo.InvariantCulture, $"no {name}");
}
