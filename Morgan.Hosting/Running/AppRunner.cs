using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.Hosting.Bundle;
using Morgan.Hosting.Dashboard;
using Morgan.Hosting.Dcp;

namespace Morgan.Hosting.Running;

/// <summary>Runs the described application: ports first, then the dashboard and every resource, each as soon as what it waits for is healthy.</summary>
internal sealed class AppRunner(IReadOnlyList<IResource> resources, IServiceProvider services, bool withDashboard) : IAsyncDisposable
{
    private static readonly TimeSpan PortDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(15);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Replica> _replicas = [];
    private readonly List<Task> _background = [];
    private readonly ILogger _logger = services.GetRequiredService<ILogger<DistributedApplication>>();
    private readonly IConfiguration _configuration = services.GetRequiredService<IConfiguration>();
    private DcpClient? _dcp;
    private ResourceServer? _server;

    /// <summary>The dashboard; null without one.</summary>
    public DashboardResource? Dashboard { get; private set; }

    /// <summary>The replica that the dashboard knows by a name; null if there is none.</summary>
    public Replica? Find(string id) => _replicas.Find(r => r.Id == id);

    /// <summary>Starts everything; returns when all ports are known, and does not wait for health.</summary>
    /// <exception cref="DistributedApplicationException">The bundle cannot be got, DCP does not start, or a port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var bundle = await BundleInstaller.Default.FindOrInstallAsync(Console.Out, cancellationToken);
        _dcp = await DcpServer.StartAsync(bundle.Dcp, cancellationToken);
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        var started = resources.ToList();
        if (withDashboard)
        {
            var settings = DashboardSettings.Read(_configuration);
            _server = await ResourceServer.StartAsync(this, notifications, settings, services);
            started.Insert(0, Dashboard = new DashboardResource(bundle.Dashboard, settings, _server.Url));
        }

        await AllocatePortsAsync(started, cancellationToken);
        var isDevelopment = services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        var run = new RunContext(_dcp, notifications, await MaskAsync(cancellationToken), Dashboard, isDevelopment, _logger);
        _background.AddRange(ObserveAsync(WatchAsync(DcpKind.Executable)), ObserveAsync(WatchAsync(DcpKind.Container)));
        foreach (var resource in started)
        {
            Start(resource, run);
        }

        if (Dashboard is not null)
        {
            _background.Add(ObserveAsync(Dashboard.AnnounceAsync(_logger, _stopping.Token)));
        }
    }

    /// <summary>Opens what a replica writes to the console; null if there is none.</summary>
    public Task<Stream?> OpenLogAsync(Replica replica, string source, bool follow, CancellationToken cancellationToken) =>
        _dcp!.OpenLogAsync(replica.Kind, replica.DcpName, source, $"timestamps=true&follow={(follow ? "true" : "false")}", cancellationToken);

    /// <summary>Ends everything, politely first: DCP gives each process 6 s after SIGTERM.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        using var deadline = new CancellationTokenSource(StopDeadline);
        if (_dcp is not null)
        {
            try
            {
                await _dcp.ShutDownAsync(deadline.Token);
            }
            catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
            {
                Log.NotStopped(_logger, problem.Message);
            }
        }

        await Task.WhenAll(_background);
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _replicas.ForEach(r => r.Dispose());
        _dcp?.Dispose();
        _stopping.Dispose();
    }

    private void Start(IResource resource, RunContext run)
    {
        var count = resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Count ?? 1;
        var replicas = Enumerable.Range(0, count)
            .Select(_ => new Replica(resource, RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8), run)).ToList();
        _replicas.AddRange(replicas);
        _background.AddRange(replicas.Select(r => ObserveAsync(r.StartAsync(_stopping.Token))));
        var health = new HealthWatcher(resource, services.GetRequiredService<HealthCheckService>(), run);
        _background.Add(ObserveAsync(health.RunAsync([.. replicas.Select(r => r.Id)], _stopping.Token)));
    }

    private async Task AllocatePortsAsync(List<IResource> started, CancellationToken cancellationToken)
    {
        var randomize = _configuration.GetValue("DcpPublisher:RandomizePorts", false);
        var open = new Dictionary<string, EndpointAnnotation>();
        foreach (var (resource, endpoint) in started.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(e => (r, e))))
        {
            open[ProcessEnvironment.ServiceName(resource, endpoint)] = endpoint;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(PortDeadline);
        try
        {
            foreach (var (name, endpoint) in open)
            {
                var port = randomize ? 0 : endpoint.Port ?? 0;
                var spec = new JsonObject { ["protocol"] = "TCP", ["addressAllocationMode"] = "Localhost", ["port"] = port };
                await _dcp!.CreateAsync(DcpKind.Service, name, spec, [], deadline.Token);
            }

            await foreach (var (name, status) in _dcp!.WatchAsync(DcpKind.Service, deadline.Token))
            {
                if (status.TryGetProperty("effectivePort", out var port) && open.Remove(name, out var endpoint))
                {
                    endpoint.Allocated.TrySetResult(port.GetInt32());
                }

                if (open.Count == 0)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var taken = string.Join(", ", open.Select(e => $"{e.Value.Port} ({e.Key})"));
            throw new DistributedApplicationException($"No port within {PortDeadline.TotalSeconds} s; is somebody else listening on {taken}?");
        }
    }

    private async Task<SecretMask> MaskAsync(CancellationToken cancellationToken)
    {
        var mask = new SecretMask();
        mask.Add(Dashboard?.Settings.OtlpKey);
        foreach (var secret in resources.SelectMany(r => r.Annotations.OfType<EnvironmentAnnotation>()).SelectMany(e => Secrets(e.Value)).Distinct())
        {
            mask.Add(await secret.GetValueAsync(cancellationToken));
        }

        return mask;
    }

    private static IEnumerable<ParameterResource> Secrets(object value) => value switch
    {
        ParameterResource { Secret: true } parameter => [parameter],
        IResourceWithConnectionString source => Secrets(source.ConnectionStringExpression),
        ReferenceExpression expression => expression.Parts.SelectMany(Secrets),
        _ => [],
    };

    private async Task ObserveAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // the application ends
        }
        catch (Exception problem)
        {
            Log.Unexpected(_logger, problem);
        }
    }

    private async Task WatchAsync(DcpKind kind)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var (name, status) in _dcp!.WatchAsync(kind, _stopping.Token))
                {
                    _replicas.Find(r => r.DcpName == name)?.OnStatus(status);
                }
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException)
            {
                // DCP ends a watch now and then; if it is gone itself, so is everything that it ran.
            }

            if (!await _dcp!.AnswersAsync(_stopping.Token))
            {
                Log.OrchestratorGone(_logger);
                services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                return;
            }
        }
    }
}
