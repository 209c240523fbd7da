using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.Hosting;
using Morgan.Hosting.Bundle;
using Morgan.Hosting.Running;
using Morgan.Hosting.Testing;

namespace Aspire.Hosting;

/// <summary>An application of several processes that is run on this machine.</summary>
public sealed class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ILogger _logger;
    private readonly string _folder;
    private int _stopped;

    internal DistributedApplication(IHost host, AppRunner runner, IReadOnlyList<IResource> resources, string folder)
    {
        (_host, Runner, _folder, Resources) = (host, runner, folder, resources);
        _logger = Services.GetRequiredService<ILogger<DistributedApplication>>();
    }

    /// <summary>The AppHost's own services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The states of all resources.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    internal IReadOnlyList<IResource> Resources { get; }

    internal AppRunner Runner { get; }

    /// <summary>Begins the description of an application.</summary>
    /// <param name="args">The command line.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        var options = new DistributedApplicationOptions { Args = args };
        var settings = new HostApplicationBuilderSettings { Args = args };
        var test = EntryPointInterception.Current;
        test?.Configure(options, settings);
        return new DistributedApplicationBuilder(options, settings, test?.Assembly ?? Assembly.GetEntryAssembly()!);
    }

    /// <summary>Starts everything; returns when all addresses are known, and does not wait for health.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="DistributedApplicationException">It cannot be started; the message says what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _host.StartAsync(cancellationToken);
        Log.Starting(_logger, AspireBundle.Version, _folder);
        var stopping = Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await Runner.StartAsync(either.Token);
        Log.Started(_logger);
    }

    /// <summary>Runs the application until Ctrl+C or SIGTERM, then ends everything.</summary>
    /// <param name="cancellationToken">Ends it as well.</param>
    /// <exception cref="DistributedApplicationException">It cannot be started; the message says what to do.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var stopping = Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            await StartAsync(either.Token);
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // asked to end, possibly while still starting
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>Ends everything: each process is asked to, and killed after 6 s.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            await Runner.DisposeAsync();
            await _host.StopAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
