using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.ServiceDefaults.Auth;

/// <summary>
/// Finds the caller by <c>Authorization: Bearer</c> or <c>api-key</c>. A key that is sent must be valid, also where
/// none is needed: a mistyped key never works by accident.
/// </summary>
internal sealed class ApiKeyMiddleware
{
    private const string Bearer = "Bearer ";

    private readonly RequestDelegate _next;
    private readonly TimeProvider _time;
    private readonly Caller? _open;
    private volatile ApiKeyRing _ring;

    public ApiKeyMiddleware(
        RequestDelegate next,
        IReloading<AuthOptions> options,
        IHostEnvironment environment,
        TimeProvider time,
        ILogger<ApiKeyMiddleware> logger)
    {
        (_next, _time) = (next, time);
        _ring = new ApiKeyRing(options.Current);
        options.OnChange(version => _ring = new ApiKeyRing(version));
        _open = environment.IsDevelopment() ? new Caller(Caller.AnonymousKeyId, Caller.DefaultTenant, Admin: true, null) : null;
        if (_ring.IsEmpty)
        {
            Log.OpenToAll(logger, _open is not null ? "Development" : "Auth:AllowAnonymous");
        }
    }

    public Task InvokeAsync(HttpContext context)
    {
        var ring = _ring;
        var metadata = context.GetEndpoint()?.Metadata;
        var sent = SentKey(context.Request.Headers);
        var caller = sent is null
            ? Anonymous(ring, metadata?.GetMetadata<IAllowAnonymous>() is not null)
            : ring.Find(sent, _time.GetUtcNow()) ?? (ring.IsEmpty ? Anonymous(ring, false) : null);
        if (caller is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return OpenAiError.InvalidApiKey(sent is null
                ? "You didn't provide an API key. Send it as Authorization: Bearer KEY, or api-key: KEY."
                : "Incorrect API key provided.").WriteAsync(context);
        }

        if (metadata?.GetMetadata<AdminOnly>() is not null && !caller.Admin)
        {
            return OpenAiError.AdminRequired().WriteAsync(context);
        }

        context.Features.Set(caller);
        return _next(context);
    }

    private Caller? Anonymous(ApiKeyRing ring, bool endpointIsOpen)
    {
        if (ring.IsEmpty && _open is not null)
        {
            return _open;
        }

        return ring.AllowAnonymous || endpointIsOpen
            ? new Caller(Caller.AnonymousKeyId, Caller.DefaultTenant, Admin: false, null)
            : null;
    }

    private static string? SentKey(IHeaderDictionary headers)
    {
        if (headers.Authorization is [{ Length: > 0 } authorization]
            && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        return headers["api-key"] is [{ Length: > 0 } key] ? key : null;
    }
}
