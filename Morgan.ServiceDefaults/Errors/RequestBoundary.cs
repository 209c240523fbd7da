using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Morgan.ServiceDefaults.Errors;

/// <summary>
/// The outermost middleware: gives each request its id, and turns whatever comes out of the inside into a clear
/// answer. 499 (the client left) is never sent; it is what the logs and metrics say.
/// </summary>
internal sealed class RequestBoundary(RequestDelegate next, ILogger<RequestBoundary> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        var id = RequestId.From(context.Request.Headers["x-request-id"]);
        context.Features.Set(id);
        context.Response.Headers["x-request-id"] = id.Value;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
            await NameUnknownAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = ClientClosedRequest;
            }
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Translate(e).WriteAsync(context);
        }
#pragma warning disable CA1031 // the last line of defence: nothing of the inside reaches the client
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            Log.UnhandledFailure(logger, context.Request.Method, context.Request.Path, e);
            await OpenAiError.Internal().WriteAsync(context);
        }

        Measure(context);
    }

    // OpenTelemetry's conventions for http.server.request.duration; the server itself says it only of exceptions.
    private static void Measure(HttpContext context)
    {
        var status = context.Response.StatusCode;
        if (status >= StatusCodes.Status500InternalServerError && context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.Tags.Add(new("error.type", status.ToString(CultureInfo.InvariantCulture)));
        }
    }

    // Routing answers an unknown path or method with a bare status.
    private static Task NameUnknownAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        return response is not { HasStarted: false, ContentType: null, ContentLength: null } ? Task.CompletedTask : response.StatusCode switch
        {
            StatusCodes.Status404NotFound => OpenAiError.UnknownUrl(request.Method, request.Path).WriteAsync(context),
            StatusCodes.Status405MethodNotAllowed => OpenAiError.MethodNotAllowed(request.Method, request.Path).WriteAsync(context),
            _ => Task.CompletedTask,
        };
    }

    private static OpenAiError Translate(BadHttpRequestException e) => e.StatusCode == StatusCodes.Status413PayloadTooLarge
        ? new OpenAiError(413, "invalid_request_error", "request_too_large", e.Message)
        : new OpenAiError(e.StatusCode, "invalid_request_error", "invalid_request", e.Message);
}
