using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Morgan.ServiceDefaults.Configuration;

/// <summary>Registers options that reload safely.</summary>
public static class ReloadingRegistration
{
    /// <summary>
    /// Binds <paramref name="section"/> to <typeparamref name="T"/>, checks it before the server starts, and again on
    /// each change. An unknown key, a value of the wrong type or a validation message refuses the version.
    /// </summary>
    /// <param name="services">Where to register <see cref="IReloading{T}"/>.</param>
    /// <param name="section">The configuration section, for example <c>Llm</c>.</param>
    /// <param name="validate">Yields one message per problem; each names its full key and the valid range.</param>
    /// <param name="complete">
    /// Reads what the binder cannot, before validation: dictionaries whose keys hold a colon
    /// (<c>"qwen3:8b"</c> is the path qwen3 → 8b to .NET configuration; see <see cref="ColonKeys"/>).
    /// </param>
    public static IServiceCollection AddReloading<T>(
        this IServiceCollection services,
        string section,
        Func<T, IEnumerable<string>> validate,
        Action<T, IConfigurationSection>? complete = null)
        where T : class, new()
    {
        services.AddSingleton<IReloading<T>>(provider => new ReloadingOptions<T>(
            section,
            validate,
            complete,
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(new ReloadingCheck(provider => provider.GetRequiredService<IReloading<T>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReloadingStartup>());
        return services;
    }
}
