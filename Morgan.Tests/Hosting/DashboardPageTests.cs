using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Hosting;

/// <summary>What a person sees in a browser.</summary>
[Collection(typeof(MorganAppCollection))]
public sealed class DashboardPageTests(MorganApp morgan)
{
    private const float PageDeadlineMs = 60_000;

    private static readonly string[] Chromiums = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    [Fact]
    public Task ResourcePage_InABrowser_ListsEveryResourceAsRunning() => LookAsync("/", async page =>
    {
        // a row reads "Project: embedding-hahsdany Running 1:24:38 PM …"; the suffix is there where a resource has replicas
        foreach (var name in MorganApp.Names)
        {
            var rows = page.GetByRole(AriaRole.Row, new() { NameRegex = new($"^Project: {name}(-[a-z]{{8}})? Running") });
            await Assertions.Expect(rows).ToHaveCountAsync(name == "embedding" ? 2 : 1, new() { Timeout = PageDeadlineMs });
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
                await Assertions.Expect(page.GetByText(instrument, new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = PageDeadlineMs });
            }
        });
    }

    private async Task LookAsync(string path, Func<IPage, Task> see)
    {
        var chromium = Array.Find(Chromiums, File.Exists);
        Assert.SkipWhen(chromium is null, "no Chromium is installed");
        using var client = new DashboardClient(morgan.App);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Flags });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(PageDeadlineMs);
        await page.GotoAsync($"{client.Dashboard.Web.Url}/login?t={client.Dashboard.Settings.BrowserToken}&returnUrl={Uri.EscapeDataString(path)}");
        await see(page);
    }
}
