using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Morgan.Tests.Docs;

/// <summary>Answers as an Ollama with one model does: its own API for what it has, OpenAI's for chats.</summary>
internal static class FakeOllama
{
    public const string Model = "llama3.2:latest";

    public const string Answer = "Hello from llama3.2";

    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapGet("/", () => "Ollama is running");
        app.MapGet("/api/version", () => Json("""{"version":"0.12.6"}"""));
        app.MapGet("/api/tags", () => Json($$"""{"models":[{"name":"{{Model}}","model":"{{Model}}","size":2019393189}]}"""));
        app.MapGet("/api/ps", () => Json($$"""{"models":[{"name":"{{Model}}","model":"{{Model}}","size_vram":2019393189}]}"""));
        app.MapGet("/v1/models", () => Json($$"""{"object":"list","data":[{"id":"{{Model}}","object":"model","created":1727000000,"owned_by":"library"}]}"""));
        app.MapPost("/v1/chat/completions", ChatAsync);
        return app;
    }

    private static IResult Json(string text) => Results.Text(text, "application/json");

    private static async Task ChatAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var isStream = (await reader.ReadToEndAsync(context.RequestAborted)).Contains("\"stream\": true", StringComparison.Ordinal);
        context.Response.ContentType = isStream ? "text/event-stream" : "application/json";
        await context.Response.WriteAsync(
            isStream
                ? $$$"""
                    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"{{{Model}}}","choices":[{"index":0,"delta":{"role":"assistant","content":"{{{Answer}}}"},"finish_reason":null}]}

                    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"{{{Model}}}","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}

                    data: [DONE]


                    """
                : $$$"""{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"{{{Model}}}","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Answer}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":9}}""",
            context.RequestAborted);
    }
}
