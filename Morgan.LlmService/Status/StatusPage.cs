using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Status;

/// <summary>
/// The page at <c>/</c>. Its files hold nothing and are open; what it shows comes from paths for admin keys, with the key
/// that the person types in.
/// </summary>
internal static class StatusPage
{
    // Only what comes from here runs or is shown; nobody may frame the page.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(10);

    /// <summary>Maps the page and what it reads.</summary>
    public static void MapStatusPage(this WebApplication app)
    {
        MapFile(app, "/", "index.html", "text/html; charset=utf-8");
        MapFile(app, "/status/app.js", "app.js", "text/javascript; charset=utf-8");
        MapFile(app, "/status/hosts.js", "hosts.js", "text/javascript; charset=utf-8");
        MapFile(app, "/status/playground.js", "playground.js", "text/javascript; charset=utf-8");
        MapFile(app, "/status/app.css", "app.css", "text/css; charset=utf-8");
        var feed = app.Services.GetRequiredService<StatusFeed>();
        app.MapGet("/admin/status", (HttpContext context) => SendAsync(context, feed)).RequireAdmin();
    }

    private static async Task SendAsync(HttpContext context, StatusFeed feed)
    {
        if (!feed.TryEnter())
        {
            await OpenAiError.Overloaded($"{StatusFeed.MostWatchers} look at the status page already.", FullRetry).WriteAsync(context);
            return;
        }

        try
        {
            await TypedResults.ServerSentEvents(feed.RunAsync(context.RequestAborted)).ExecuteAsync(context);
        }
        finally
        {
            feed.Leave();
        }
    }

    private static void MapFile(WebApplication app, string path, string name, string contentType)
    {
        var content = Read(name);
        app.MapGet(path, (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            return Results.Bytes(content, contentType);
        }).AllowAnonymous();
    }

    private static byte[] Read(string name)
    {
        using var file = typeof(StatusPage).Assembly.GetManifestResourceStream($"Morgan.LlmService.Status.Page.{name}")
            ?? throw new InvalidOperationException($"{name} is not part of the assembly");
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
