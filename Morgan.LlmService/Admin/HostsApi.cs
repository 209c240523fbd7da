using Morgan.LlmService.Routing;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Admin;

/// <summary>The paths under <c>/admin</c>, for admin keys: look at hosts, take them out, put them back.</summary>
internal static class HostsApi
{
    /// <summary>Maps them.</summary>
    public static void MapHostsApi(this WebApplication app)
    {
        var registry = app.Services.GetRequiredService<HostRegistry>();
        var catalog = app.Services.GetRequiredService<ModelCatalog>();
        var admin = app.MapGroup("/admin").RequireAdmin();
        admin.MapGet("/hosts", () => Results.Json(new { hosts = registry.Current.Hosts.Select(host => View(host, catalog)) }));
        admin.MapGet("/hosts/{name}", (HttpContext context, string name) =>
            ForHostAsync(context, registry, name, host => Results.Json(View(host, catalog))));
        admin.MapGet("/hosts/{name}/checks", (HttpContext context, string name) =>
            ForHostAsync(context, registry, name, host => Results.Json(new { checks = host.Checks })));
        Map("/hosts/{name}/enable", host => host.Enable());
        Map("/hosts/{name}/disable", host => host.Disable());
        Map("/hosts/{name}/drain", host => host.Drain());
        Map("/hosts/{name}/circuit/reset", host => host.ResetCircuit());
        admin.MapPost("/circuits/reset", () =>
        {
            foreach (var host in registry.Current.Hosts)
            {
                host.ResetCircuit();
            }

            return Results.Json(new { hosts = registry.Current.Hosts.Select(host => View(host, catalog)) });
        });

        void Map(string path, Action<Host> change) =>
            admin.MapPost(path, (HttpContext context, string name) => ForHostAsync(context, registry, name, host =>
            {
                change(host);
                return Results.Json(View(host, catalog));
            }));
    }

    private static Task ForHostAsync(HttpContext context, HostRegistry registry, string name, Func<Host, IResult> answer) =>
        registry.Current.Find(name) is { } host
            ? answer(host).ExecuteAsync(context)
            : new OpenAiError(404, "invalid_request_error", "host_not_found", $"There is no host '{name}'.").WriteAsync(context);

    /// <summary>A host as it is shown, with the models that it was asked for.</summary>
    public static HostView View(Host host, ModelCatalog catalog)
    {
        var view = host.Describe();
        return host.Options.Models is null && catalog.Of(host) is { } asked
            ? view with { Models = [.. asked.Models.Select(model => model.Id).Order(StringComparer.Ordinal)] }
            : view;
    }
}
