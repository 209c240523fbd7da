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
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly RequestDelegate _next;
    private readonly TimeProvider _time;
    private readonly WrongKeys _wrong;
    private readonly Caller? _open;
    private volatile ApiKeyRing _ring;

    public ApiKeyMiddleware(
        RequestDelegate next,
        IReloading<AuthOptions> options,
        IHostEnvironment environment,
        TimeProvider time,
        ILogger<ApiKeyMiddleware> logger)
    {
        (_next, _time, _wrong) = (next, time, new WrongKeys(time));
        _ring = new ApiKeyRing(options.Current);
        options.OnChange(version => _ring = new ApiKeyRing(version, _ring));
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
        KeyEntry? entry = null;
        if (TrySentKey(context.Request.Headers, out var sent) && !ring.IsEmpty)
        {
            if (TryFind(context, ring, sent, out entry) is { } refusal)
            {
                return RefuseAsync(context, refusal);
            }
        }
        else if (BrowserOrigin.IsForeign(context.Request, localOnly: _open is not null))
        {
            return OpenAiError.CrossOrigin().WriteAsync(context);
        }

        var caller = entry?.Caller ?? Anonymous(ring, metadata?.GetMetadata<IAllowAnonymous>() is not null);
        if (caller is null)
        {
            return RefuseAsync(context, OpenAiError.InvalidApiKey(
                "You didn't provide an API key. Send it as Authorization: Bearer KEY, or api-key: KEY."));
        }

        if (metadata?.GetMetadata<AdminOnly>() is not null)
        {
            context.Response.Headers.CacheControl = "no-store";
            if (!caller.Admin)
            {
                return OpenAiError.AdminRequired().WriteAsync(context);
            }
        }

        context.Features.Set(caller);
        return entry is { MaxConcurrent: > 0 } limited ? RunAsync(context, limited) : _next(context);
    }

    // While an address tries keys out, only those that it has used before are looked at.
    private OpenAiError? TryFind(HttpContext context, ApiKeyRing ring, ReadOnlySpan<char> sent, out KeyEntry? entry)
    {
        var address = ClientAddress.Of(context.Connection.RemoteIpAddress);
        entry = ring.Find(sent, _time.GetUtcNow());
        if (_wrong.Wait(address) is { Ticks: > 0 } wait && entry?.Use.Knows(address) != true)
        {
            entry = null;
            return OpenAiError.RateLimited("requests", "Too many incorrect API keys came from this address.", wait);
        }

        if (entry is null)
        {
            _wrong.Note(address);
            return OpenAiError.InvalidApiKey("Incorrect API key provided.");
        }

        entry.Use.Remember(address);
        return null;
    }

    private async Task RunAsync(HttpContext context, KeyEntry key)
    {
        if (!key.Use.TryEnter(key.MaxConcurrent))
        {
            await OpenAiError.RateLimited(
                "requests", $"The key '{key.Caller.KeyId}' has {key.MaxConcurrent} requests under way already.", Soon).WriteAsync(context);
            return;
        }

        try
        {
            await _next(context);
        }
        finally
        {
            key.Use.Leave();
        }
    }

    private static Task RefuseAsync(HttpContext context, OpenAiError error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return error.WriteAsync(context);
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

    // An empty key is one that was sent.
    private static bool TrySentKey(IHeaderDictionary headers, out ReadOnlySpan<char> key)
    {
        if (headers.Authorization is [{ Length: > 0 } authorization]
            && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            key = authorization.AsSpan(Bearer.Length).Trim();
            return true;
        }

        key = headers["api-key"] is [{ } other] ? other : default;
        return !key.IsEmpty;
    }
}
