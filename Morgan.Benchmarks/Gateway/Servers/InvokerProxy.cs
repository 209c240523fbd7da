using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>The least that a proxy on Kestrel can be: <see cref="HttpMessageInvoker"/>, headers and bytes copied, each piece flushed.</summary>
internal static class InvokerProxy
{
    private const int PieceSize = 16 * 1024;

    /// <summary>Builds it.</summary>
    /// <param name="host">Where requests go.</param>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication Create(Uri host, string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
        });
        app.Run(context => ForwardAsync(context, host, invoker));
        return app;
    }

    private static async Task ForwardAsync(HttpContext context, Uri host, HttpMessageInvoker invoker)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(host, context.Request.Path));
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentLength = context.Request.ContentLength;
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is not ("Host" or "Content-Length" or "Content-Type" or "Connection"))
            {
                request.Headers.TryAddWithoutValidation(name, values[0]);
            }
        }

        using var answer = await invoker.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.NonValidated["Content-Type"].ToString();
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        await using var stream = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        int read;
        while ((read = await stream.ReadAsync(context.Response.BodyWriter.GetMemory(PieceSize), context.RequestAborted)) > 0)
        {
            context.Response.BodyWriter.Advance(read);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }
}
