using Aspire.Hosting;
using Grpc.Core;
using Grpc.Net.Client;
using Morgan.Hosting.Dashboard;
using Morgan.Hosting.Dashboard.Contract;

namespace Morgan.Tests.Hosting;

/// <summary>Asks what the dashboard asks.</summary>
internal sealed class DashboardClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly Metadata _headers;

    public DashboardClient(DistributedApplication app, string? key = null)
    {
        Dashboard = app.Runner.Dashboard!;
        _channel = GrpcChannel.ForAddress(Dashboard.ResourceServiceUrl);
        _headers = new Metadata { { "x-resource-service-api-key", key ?? Dashboard.Settings.ResourceKey } };
        Service = new DashboardService.DashboardServiceClient(_channel);
    }

    public DashboardResource Dashboard { get; }

    public DashboardService.DashboardServiceClient Service { get; }

    public CallOptions Options => new(_headers, DateTime.UtcNow.AddSeconds(60), TestContext.Current.CancellationToken);

    /// <summary>Follows the resource list until it fulfils a condition, and returns it, by replica.</summary>
    public async Task<Dictionary<string, Resource>> ListAsync(Func<IReadOnlyCollection<Resource>, bool> until)
    {
        var known = new Dictionary<string, Resource>();
        using var call = Service.WatchResources(new WatchResourcesRequest(), Options);
        await foreach (var update in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            foreach (var resource in update.InitialData?.Resources.ToArray() ?? [.. update.Changes.Value.Select(c => c.Upsert)])
            {
                known[resource.Name] = resource;
            }

            if (until(known.Values))
            {
                return known;
            }
        }

        throw new InvalidOperationException("the resource list ended");
    }

    /// <summary>The replicas of a resource, once one is in a state.</summary>
    public async Task<Resource[]> FindAsync(string displayName, string state = "Running")
    {
        var list = await ListAsync(all => all.Any(r => r.DisplayName == displayName && r.State == state));
        return [.. list.Values.Where(r => r.DisplayName == displayName)];
    }

    public Task<ResourceCommandResponse> CommandAsync(string command, Resource resource) => Service.ExecuteResourceCommandAsync(
        new ResourceCommandRequest { CommandName = command, ResourceName = resource.Name, ResourceType = resource.ResourceType }, Options).ResponseAsync;

    public void Dispose() => _channel.Dispose();
}
