using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>A host that takes 100 ms for an answer and works at 32 at once; one more is sent away with 429.</summary>
internal static class LimitedHost
{
    /// <summary>Answers that it works at.</summary>
    public const int Places = 32;

    private const string Answer = """{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}""";

    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes of an answer.</summary>
    public static int AnswerLength => Answer.Length;

    /// <summary>Builds it.</summary>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var places = new SemaphoreSlim(Places, Places);
        app.MapGet("/v1/models", context => context.Response.WriteAsync("""{"data":[{"id":"mock"}]}"""));
        app.MapPost("/v1/chat/completions", async context =>
        {
            context.Response.ContentType = "application/json";
            if (!await places.WaitAsync(TimeSpan.Zero))
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = "1";
                return;
            }

            try
            {
                await Task.Delay(Work, context.RequestAborted);
                await context.Response.WriteAsync(Answer);
            }
            finally
            {
                places.Release();
            }
        });
        return app;
    }
}
