using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Admin;

/// <summary>What tenants may use and have used, for admin keys.</summary>
internal static class TenantsApi
{
    private const int MostAtOnce = 100;

    /// <summary>
    /// Maps <c>/admin/tenants</c>, 100 at a time by name (<c>?after=</c> the last one seen), and <c>/admin/tenants/{id}</c>.
    /// </summary>
    public static void MapTenantsApi(this WebApplication app)
    {
        var tenants = app.Services.GetRequiredService<IReloading<TenantsOptions>>();
        var usage = app.Services.GetRequiredService<TenantUsage>();
        var admin = app.MapGroup("/admin/tenants").RequireAdmin();
        admin.MapGet("", async (string? after) =>
        {
            var names = tenants.Current.Keys.Order(StringComparer.Ordinal)
                .SkipWhile(name => after is not null && string.CompareOrdinal(name, after) <= 0)
                .Take(MostAtOnce + 1).ToArray();
            var page = names.Take(MostAtOnce).Select(name => usage.LookAsync(name, tenants.Current[name]));
            return Results.Json(new { tenants = await Task.WhenAll(page), more = names.Length > MostAtOnce });
        });
        admin.MapGet("/{id}", async (HttpContext context, string id) =>
            await (tenants.Current.TryGetValue(id, out var limits)
                ? Results.Json(await usage.LookAsync(id, limits)).ExecuteAsync(context)
                : new OpenAiError(404, "invalid_request_error", "tenant_not_found", $"There is no tenant '{id}'.").WriteAsync(context)));
    }
}
