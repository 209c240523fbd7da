using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Morgan.ServiceDefaults.Configuration;

/// <summary>Logs the versions of the configuration file that could not be read; the provider itself is made before there is a logger.</summary>
internal sealed class ConfigFileRefusals(IConfiguration configuration, ILogger<ConfigFileRefusals> logger) : IHostedService
{
    private readonly ConfigFileProvider[] _providers =
        [.. ((IConfigurationRoot)configuration).Providers.OfType<ConfigFileProvider>()];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var provider in _providers)
        {
            provider.Refused += OnRefused;
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var provider in _providers)
        {
            provider.Refused -= OnRefused;
        }

        return Task.CompletedTask;
    }

    private void OnRefused(string reason) => Log.ConfigurationRefused(logger, reason);
}
