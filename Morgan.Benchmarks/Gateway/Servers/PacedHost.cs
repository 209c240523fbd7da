using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>A host that answers with a stream of twenty events a second, the first at once.</summary>
internal static class PacedHost
{
    /// <summary>Events of a stream, without <c>[DONE]</c>.</summary>
    public const int Events = 200;

    /// <summary>From one event to the next.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    private static readonly byte[][] Chunks = MockHost.StreamOf(Events);

    /// <summary>Bytes of the stream, all events together.</summary>
    public static int StreamLength => Chunks.Sum(chunk => chunk.Length);

    /// <summary>Builds it.</summary>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/v1/models", context => context.Response.WriteAsync("""{"data":[{"id":"mock"}]}"""));
        app.MapPost("/v1/chat/completions", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            using var timer = new PeriodicTimer(Gap);
            foreach (var chunk in Chunks[..^1])
            {
                await context.Response.BodyWriter.WriteAsync(chunk, context.RequestAborted);
                await timer.WaitForNextTickAsync(context.RequestAborted);
            }

            await context.Response.BodyWriter.WriteAsync(Chunks[^1], context.RequestAborted);
        });
        return app;
    }
}
