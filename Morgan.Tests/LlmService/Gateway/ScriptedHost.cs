using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>A host that does exactly what a test says, and keeps what it was sent.</summary>
internal sealed class ScriptedHost : IAsyncDisposable
{
    private const string DefaultModels = """{"data":[{"id":"m","owned_by":"scripted"}]}""";

    private readonly RunningApp _app;

    private ScriptedHost(RunningApp app) => _app = app;

    public Uri Address => _app.Address;

    public ConcurrentQueue<string> Bodies { get; } = new();

    public ConcurrentQueue<HttpRequestData> Requests { get; } = new();

    public static Task<ScriptedHost> StartAsync(RequestDelegate answer, string? models = DefaultModels) =>
        StartAsync((context, _) => answer(context), models);

    /// <summary>The answer is given the request's body.</summary>
    public static async Task<ScriptedHost> StartAsync(Func<HttpContext, string, Task> answer, string? models = DefaultModels)
    {
        ScriptedHost? host = null;
        var app = await RunningApp.StartAsync((args, _) =>
        {
            var builder = WebApplication.CreateSlimBuilder(args);
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
            var web = builder.Build();
            web.MapGet("/v1/models", context =>
            {
                context.Response.StatusCode = models is null ? 404 : 200;
                return context.Response.WriteAsync(models ?? "");
            });
            web.MapFallback(async context =>
            {
                using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
                var body = await reader.ReadToEndAsync();
                host!.Bodies.Enqueue(body);
                host.Requests.Enqueue(new HttpRequestData(
                    context.Request.Path + context.Request.QueryString,
                    context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
                await answer(context, body);
            });
            return web;
        });
        return host = new ScriptedHost(app);
    }

    /// <summary>An answer of the chat API.</summary>
    public static Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("""{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}""");
    }

    /// <summary>A stream of these events, <c>data:</c> and the empty line added.</summary>
    public static RequestDelegate Stream(params string[] events) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var e in events)
        {
            await context.Response.WriteAsync($"data: {e}\n\n");
            await context.Response.Body.FlushAsync();
        }
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed record HttpRequestData(string Path, IReadOnlyDictionary<string, string> Headers);
}
