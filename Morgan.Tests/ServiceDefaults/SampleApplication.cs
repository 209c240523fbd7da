using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Morgan.ServiceDefaults;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.Tests.ServiceDefaults;

/// <summary>The smallest service on the defaults.</summary>
internal static class SampleApplication
{
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddRedisCache();
        builder.Services.AddReloading<SampleOptions>("Sample", SampleOptions.Check);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapGet("/v1/me", (HttpContext context) => context.Features.Get<Caller>());
        app.MapGet("/admin/me", (HttpContext context) => context.Features.Get<Caller>()).RequireAdmin();
        app.MapGet("/v1/boom", string () => throw new InvalidOperationException("the inside"));
        app.MapGet("/v1/sample", (IReloading<SampleOptions> options) => options.Current);
        return app;
    }
}
