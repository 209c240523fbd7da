using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.Hosting.Running;
using Morgan.Hosting.Testing;

namespace Aspire.Hosting;

/// <summary>The description of an application, on top of a generic host of the AppHost's own.</summary>
internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    // Health checks of resources that are still starting, and the plumbing of the dashboard's connection.
    private static readonly string[] Quiet =
        ["Microsoft.Hosting.Lifetime", "Microsoft.AspNetCore", "Grpc", "Microsoft.Extensions.Diagnostics.HealthChecks"];

    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;

    public DistributedApplicationBuilder(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, Assembly appHost)
    {
        _options = options;
        AppHostDirectory = appHost.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(m => m.Key == "AppHostProjectPath")?.Value
            ?? Directory.GetCurrentDirectory();
        settings.Args = options.Args;
        settings.ApplicationName ??= appHost.GetName().Name;
        settings.ContentRootPath ??= AppHostDirectory;
        _host = new HostApplicationBuilder(settings);
        RefusePublishing(_host.Configuration);
        _host.Services.AddSingleton<ResourceNotificationService>();
        _host.Services.AddHealthChecks();
        foreach (var category in Quiet)
        {
            _host.Logging.AddFilter(category, LogLevel.None);
        }
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new();

    public IList<IResource> Resources { get; } = [];

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DistributedApplicationException($"Two resources are named {resource.Name}.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        EntryPointInterception.Current?.HandOver(this);
        var host = _host.Build();
        IReadOnlyList<IResource> resources = [.. Resources];
        return new DistributedApplication(host, new AppRunner(resources, host.Services, !_options.DisableDashboard), resources, AppHostDirectory);
    }

    // azd asks by "--publisher manifest", the Aspire CLI by "--operation publish".
    private static void RefusePublishing(ConfigurationManager configuration)
    {
        var isAsked = (configuration["publisher"] ?? configuration["Publishing:Publisher"]) is not null
            || string.Equals(configuration["operation"] ?? configuration["AppHost:Operation"], "publish", StringComparison.OrdinalIgnoreCase);
        if (isAsked)
        {
            throw new DistributedApplicationException(
                "publishing needs Aspire's packages (Aspire.Hosting.AppHost, Aspire.Hosting.Azure.AppContainers, Aspire.Hosting.Docker, Aspire.Hosting.Kubernetes), "
                + "which the package feed did not have when this AppHost was built. Where a feed has them, delete artifacts/aspire-feed.props and build again; see docs/deploy.md.");
        }
    }

    private sealed record ResourceBuilder<T>(IDistributedApplicationBuilder ApplicationBuilder, T Resource) : IResourceBuilder<T>
        where T : IResource;
}
