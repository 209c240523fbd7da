using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Morgan.Hosting.Testing;

/// <summary>The builder that an AppHost's entry point has filled.</summary>
internal sealed class TestingBuilder(IDistributedApplicationBuilder described) : IDistributedApplicationTestingBuilder
{
    public ConfigurationManager Configuration => described.Configuration;

    public string AppHostDirectory => described.AppHostDirectory;

    public IHostEnvironment Environment => described.Environment;

    public IServiceCollection Services => described.Services;

    public DistributedApplicationExecutionContext ExecutionContext => described.ExecutionContext;

    public IList<IResource> Resources => described.Resources;

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource => described.AddResource(resource);

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => described.CreateResourceBuilder(resource);

    public DistributedApplication Build() => described.Build();

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Build());
}
