using Microsoft.Playwright;

namespace Morgan.Tests;

/// <summary>A page in the Chromium that is installed here, without a window; the test is skipped where there is none.</summary>
internal sealed class ChromiumPage : IAsyncDisposable
{
    /// <summary>How long a page may take for what is waited for, in ms.</summary>
    public const float DeadlineMs = 60_000;

    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ChromiumPage(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, Page) = (playwright, browser, page);

    public IPage Page { get; }

    public static async Task<ChromiumPage> OpenAsync(BrowserNewPageOptions? options = null)
    {
        var program = Array.Find(Programs, File.Exists);
        Assert.SkipWhen(program is null, "no Chromium is installed");
        var playwright = await Playwright.CreateAsync();
        try
        {
            var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = Flags });
            var page = await browser.NewPageAsync(options);
            page.SetDefaultTimeout(DeadlineMs);
            return new ChromiumPage(playwright, browser, page);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
