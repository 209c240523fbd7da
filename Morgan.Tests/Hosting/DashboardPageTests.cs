using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Hosting;

/// <summary>What a person sees in a browser.</summary>
[Collection(typeof(MorganAppCollection))]
public sealed class DashboardPageTests(MorganApp morgan)
{
    /// <summary>Names the file that a picture of the resources is written to; docs/images/make does so.</summary>
    private const string PictureVariable = "MORGAN_DASHBOARD_PICTURE";

    [Fact]
    public Task ResourcePage_InABrowser_ListsEveryResourceAsRunning() => LookAsync("/", async page =>
    {
        // a row reads "Project: embedding-hahsdany Running 1:24:38 PM …"; the suffix is there where a resource has replicas
        foreach (var name in MorganApp.Names)
        {
            var rows = page.GetByRole(AriaRole.Row, new() { NameRegex = new($"^Project: {name}(-[a-z]{{8}})? Running") });
            await Assertions.Expect(rows).ToHaveCountAsync(name == "embedding" ? 2 : 1, new() { Timeout = ChromiumPage.DeadlineMs });
        }

        if (Environment.GetEnvironmentVariable(PictureVariable) is { Length: > 0 } picture)
        {
            await page.ScreenshotAsync(new() { Path = picture });
        }
    });

    [Fact]
    public async Task MetricsPage_AfterAChat_ListsMorgansAndGenAiInstruments()
    {
        using var llm = morgan.App.CreateHttpClient("llm");
        using var answer = await llm.PostAsJsonAsync(
            "/v1/chat/completions",
            new { model = "morgan-sim", messages = new[] { new { role = "user", content = "hello" } } },
            TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);

        await LookAsync("/metrics/resource/llm", async page =>
        {
            foreach (var instrument in new[] { "morgan.attempts", "morgan.host.state", "gen_ai.client.operation.duration", "gen_ai.client.token.usage" })
            {
                await Assertions.Expect(page.GetByText(instrument, new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = ChromiumPage.DeadlineMs });
            }
        });
    }

    private async Task LookAsync(string path, Func<IPage, Task> see)
    {
        using var client = new DashboardClient(morgan.App);
        await using var browser = await ChromiumPage.OpenAsync(new() { ViewportSize = new() { Width = 1280, Height = 620 } });
        var login = $"{client.Dashboard.Web.Url}/login?t={client.Dashboard.Settings.BrowserToken}&returnUrl={Uri.EscapeDataString(path)}";
        await browser.Page.GotoAsync(login);
        await see(browser.Page);
    }
}
