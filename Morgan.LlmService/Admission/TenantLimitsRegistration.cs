using Microsoft.Extensions.DependencyInjection.Extensions;
using Morgan.LlmService.Admission.Shared;
using Morgan.LlmService.Admission.Waiting;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.LlmService.Admission;

/// <summary>Adds the limits of tenants and keys.</summary>
internal static class TenantLimitsRegistration
{
    /// <summary>Registers <see cref="TenantLimits"/>, with the books that replicas share and the health check <c>state</c>.</summary>
    public static void AddTenantLimits(this IServiceCollection services)
    {
        services.AddReloading<TenantsOptions>(TenantsOptions.Section, TenantsOptions.Check);
        services.TryAddSingleton(new SharedTimes());
        services.AddSingleton<LimitMetrics>();
        services.AddSingleton<LimitStore>();
        services.AddSingleton<SharedBooks>();
        services.AddSingleton<LocalLimits>();
        services.AddSingleton<WaitingRoom>();
        services.AddSingleton<TenantLimits>();
        services.AddSingleton<TenantUsage>();
        services.AddHostedService<BooksKeeper>();
        services.AddHealthChecks().AddCheck<StateHealth>("state");
    }
}
