using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Morgan.Tests.Client;

/// <summary>An application with a client of Morgan, configured as somebody's appsettings would.</summary>
internal sealed class RunningClient : IDisposable
{
    private readonly IHost _host;

    private RunningClient(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IChatClient Chat => Services.GetRequiredService<IChatClient>();

    public IEmbeddingGenerator<string, Embedding<float>> Embeddings => Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

    /// <summary>Builds an application; <paramref name="settings"/> are <c>Key=value</c>, with the first <c>=</c> between them.</summary>
    public static RunningClient Create(Action<HostApplicationBuilder> register, params IEnumerable<string> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])));
        builder.Logging.ClearProviders();
        register(builder);
        return new RunningClient(builder.Build());
    }

    /// <summary>A client of the gateway at an address, for the simulators' model.</summary>
    public static RunningClient Of(Uri gateway, string more = "") =>
        Create(builder => builder.AddMorganClient("morgan"), $"ConnectionStrings:morgan=Endpoint={gateway};Model=morgan-sim{more}");

    public Task<HealthReport> CheckAsync() =>
        Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

    public void Dispose() => _host.Dispose();
}
