using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Requests;
using Morgan.ServiceDefaults.Auth;

namespace Morgan.EmbeddingService.Endpoints.Admin;

/// <summary>Morgan's admin paths; all of them need an admin key.</summary>
internal static class AdminApi
{
    /// <summary>Maps <c>/admin/models</c> and <c>/admin/cache</c>.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var catalog = services.GetRequiredService<ModelCatalog>();
        var unloader = services.GetRequiredService<ModelUnloader>();
        var cache = services.GetRequiredService<CacheAdmin>();
        var admin = routes.MapGroup("/admin").RequireAdmin();

        admin.MapGet("/models", () => TypedResults.Json(
            new Dictionary<string, IEnumerable<ModelReport>> { ["models"] = catalog.Entries.Select(ModelReport.Of) }));
        admin.MapPost("/models/{id}/load", (string id, HttpContext context) => AnswerAsync(context, () => LoadAsync(catalog, id, context)));
        admin.MapPost("/models/{id}/unload", (string id, HttpContext context) => AnswerAsync(context, () => UnloadAsync(catalog, unloader, id, context)));
        admin.MapGet("/cache", () => TypedResults.Json(cache.Report()));
        admin.MapPost("/cache/warm", context => JobRunner.HandleAsync(context, cache.WarmAsync));
        admin.MapDelete("/cache", context => ClearAsync(cache, context));
    }

    private static async Task AnswerAsync(HttpContext context, Func<Task> answer)
    {
        try
        {
            await answer();
        }
        catch (Rejection e)
        {
            await e.Error.WriteAsync(context);
        }
    }

    private static async Task ClearAsync(CacheAdmin cache, HttpContext context)
    {
        var epoch = await cache.ClearAsync(context.RequestAborted);
        await context.Response.WriteAsJsonAsync(new Dictionary<string, long> { ["epoch"] = epoch }, context.RequestAborted);
    }

    private static async Task LoadAsync(ModelCatalog catalog, string id, HttpContext context)
    {
        var entry = catalog.Get(Uri.UnescapeDataString(id));
        var model = await catalog.HoldAsync(entry, context.RequestAborted);
        model.Release();
        await context.Response.WriteAsJsonAsync(ModelReport.Of(entry), context.RequestAborted);
    }

    private static async Task UnloadAsync(ModelCatalog catalog, ModelUnloader unloader, string id, HttpContext context)
    {
        var entry = catalog.Get(Uri.UnescapeDataString(id));
        var report = await unloader.UnloadAsync(entry, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new Dictionary<string, object?>
            {
                ["id"] = entry.Name,
                ["wasLoaded"] = report is not null,
                ["freedBytes"] = report?.FreedBytes ?? 0,
                ["countedBytes"] = report?.CountedBytes ?? 0,
                ["note"] = report?.Note,
            },
            context.RequestAborted);
    }
}
