using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Aspire's registration of a Redis client, for package feeds without that package: same name, same signature.</summary>
public static class AspireRedisExtensions
{
    /// <summary>
    /// Registers <see cref="IConnectionMultiplexer"/> as a singleton that connects when first resolved and keeps
    /// trying when the server is away.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <param name="configureSettings">Changes the settings.</param>
    /// <param name="configureOptions">Changes the client's own options.</param>
    /// <exception cref="InvalidOperationException">On first resolution: there is no connection string.</exception>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        configureSettings?.Invoke(new StackExchangeRedisSettings());
        var connectionString = builder.Configuration.GetConnectionString(connectionName);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => Connect(connectionName, connectionString, configureOptions));
    }

    /// <summary>As <see cref="AddRedisClient"/>, registered under the name as its key.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The connection string's name.</param>
    /// <param name="configureSettings">Changes the settings.</param>
    /// <param name="configureOptions">Changes the client's own options.</param>
    /// <exception cref="InvalidOperationException">On first resolution: there is no connection string.</exception>
    public static void AddKeyedRedisClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        configureSettings?.Invoke(new StackExchangeRedisSettings());
        var connectionString = builder.Configuration.GetConnectionString(name);
        builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(name, (_, _) => Connect(name, connectionString, configureOptions));
    }

    private static ConnectionMultiplexer Connect(string name, string? connectionString, Action<ConfigurationOptions>? configureOptions)
    {
        var options = ConfigurationOptions.Parse(connectionString
            ?? throw new InvalidOperationException($"ConnectionStrings:{name} is missing"));
        options.AbortOnConnectFail = false;
        configureOptions?.Invoke(options);
        return ConnectionMultiplexer.Connect(options);
    }
}
