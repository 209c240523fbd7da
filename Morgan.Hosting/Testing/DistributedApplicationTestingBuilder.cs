using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Morgan.Hosting.Testing;

namespace Aspire.Hosting.Testing;

/// <summary>Makes the application of an AppHost for a test: on random ports, and without the dashboard unless it is asked for.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs an AppHost up to where it builds its application.</summary>
    /// <param name="args">The AppHost's command line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <typeparam name="TEntryPoint">The AppHost: <c>Projects.Morgan_AppHost</c>.</typeparam>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>(args, (_, _) => { }, cancellationToken);

    /// <summary>Runs an AppHost up to where it builds its application.</summary>
    /// <param name="args">The AppHost's command line.</param>
    /// <param name="configureBuilder">Changes how it is built, such as to have the dashboard.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <typeparam name="TEntryPoint">The AppHost: <c>Projects.Morgan_AppHost</c>.</typeparam>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
    {
        var interception = new EntryPointInterception(typeof(TEntryPoint).Assembly, (options, settings) =>
        {
            (options.Args, options.DisableDashboard, settings.EnvironmentName) = (args, true, Environments.Development);
            settings.Configuration ??= new ConfigurationManager();
            settings.Configuration.AddInMemoryCollection([new("DcpPublisher:RandomizePorts", "true")]);
            configureBuilder(options, settings);
        });
        return new TestingBuilder(await interception.RunAsync(args).WaitAsync(cancellationToken));
    }
}
