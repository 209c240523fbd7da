using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Morgan.LlmService.Status;
using Morgan.Tests.EmbeddingService;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.LlmService.Status;

public sealed class StatusPageTests
{
    /// <summary>Names the file that a picture of the page is written to; the one in docs/images is made so.</summary>
    private const string PictureVariable = "MORGAN_STATUS_PICTURE";

    private const string AdminKey = "an-admin-key";

    private static readonly string[] Keys =
    [
        "--environment", "Production", "--Auth:Keys:0:Id=ops", "--Auth:Keys:0:Admin=true",
        "--Auth:Keys:0:KeySha256=" + Sha256(AdminKey), "--Auth:Keys:1:Id=web", "--Auth:Keys:1:KeySha256=" + Sha256("a-key"),
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/status/app.js", "text/javascript")]
    [InlineData("/status/hosts.js", "text/javascript")]
    [InlineData("/status/playground.js", "text/javascript")]
    [InlineData("/status/app.css", "text/css")]
    public async Task File_WithoutAKey_ComesWithAPolicyThatAllowsNothingForeign(string path, string type)
    {
        await using var gateway = await RunningGateway.StartAsync([], Keys);

        using var answer = await gateway.Client.GetAsync(path, Cancelled);

        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("a-key", HttpStatusCode.Forbidden)]
    public async Task Feed_WithoutAnAdminKey_IsClosed(string? key, HttpStatusCode status)
    {
        await using var gateway = await RunningGateway.StartAsync([], Keys);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/status");
        if (key is not null)
        {
            request.Headers.Add("api-key", key);
        }

        using var answer = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Feed_BeyondItsPlaces_RefusesAndTakesTheNextWhenOneHasLeft()
    {
        await using var gateway = await RunningGateway.StartAsync([]);
        var feed = gateway.Services.GetRequiredService<StatusFeed>();
        for (var i = 0; i < StatusFeed.MostWatchers; i++)
        {
            Assert.True(feed.TryEnter());
        }

        using var refused = await gateway.Client.GetAsync("/admin/status", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        feed.Leave();
        using var taken = await gateway.Client.GetAsync("/admin/status", HttpCompletionOption.ResponseHeadersRead, Cancelled);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (refused.StatusCode, taken.StatusCode));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Page_InABrowser_ShowsHostsAndActsOnThemAndIsAccessible(ColorScheme scheme)
    {
        using var npm = await NpmFolder.InstallAsync("LlmService", "Status", "npm");
        await using var browser = await ChromiumPage.OpenAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = 1280, Height = 1150 } });
        await using var good = await SimulatedHost.StartAsync("gpu-1", "--Simulator:Plan:Tokens=64");
        await using var other = await SimulatedHost.StartAsync("gpu-2", "--Simulator:Plan:Tokens=64");
        await using var embedding = await EmbeddingHost.StartAsync();
        await using var gateway = await RunningGateway.StartAsync([good, other], $"--Llm:Embedding:Url={embedding.Address}");
        var page = browser.Page;
        var problems = new List<string>();
        page.Console += (_, message) => problems.AddRange(message.Type == "error" ? [message.Text] : []);
        page.PageError += (_, problem) => problems.Add(problem);

        await page.GotoAsync(gateway.Address.ToString());
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new("^gpu-1") })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Assertions.Expect(page.Locator("#chat-answer")).ToContainTextAsync("simulate");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Assertions.Expect(page.Locator("#compare-answer")).ToContainTextAsync("by use-lite");
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain gpu-1" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Do it" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new("^gpu-1") })).ToContainTextAsync("draining");
        await page.GetByRole(AriaRole.Button, new() { Name = "Disable gpu-2" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(page.Locator("#decisions")).ToContainTextAsync("success");

        await page.EvaluateAsync(await File.ReadAllTextAsync(npm.File("node_modules", "axe-core", "axe.min.js"), Cancelled));
        Assert.Equal("[]", await page.EvaluateAsync<string>("async () => JSON.stringify((await axe.run()).violations.map(v => [v.id, v.nodes[0].html]))"));
        Assert.Empty(problems);
        Assert.DoesNotContain("disabled", await page.Locator("#hosts").InnerTextAsync(), StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable(PictureVariable) is { Length: > 0 } picture && scheme == ColorScheme.Light)
        {
            await page.ScreenshotAsync(new() { Path = picture, FullPage = true });
        }
    }

    [Fact]
    public async Task Page_WhereKeysAreUsed_AsksForOneAndOpensWithIt()
    {
        await using var browser = await ChromiumPage.OpenAsync();
        await using var host = await SimulatedHost.StartAsync("gpu-1");
        await using var gateway = await RunningGateway.StartAsync([host], Keys);
        var page = browser.Page;

        await page.GotoAsync(gateway.Address.ToString());
        await page.GetByLabel("This gateway wants an admin key").FillAsync("a-wrong-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();
        await Assertions.Expect(page.Locator("#key-problem")).ToContainTextAsync("Incorrect API key");
        await page.GetByLabel("This gateway wants an admin key").FillAsync(AdminKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new("^gpu-1") })).ToBeVisibleAsync();
    }

    // data: {…}
    private static string Sha256(string key) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
}
