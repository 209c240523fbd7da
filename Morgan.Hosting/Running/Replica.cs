using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Morgan.Hosting.Dcp;

namespace Morgan.Hosting.Running;

/// <summary>One process or container of a resource: waits for others, is started, followed, stopped and started again.</summary>
internal sealed class Replica(IResource resource, string suffix, RunContext run) : IDisposable
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(20);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private TaskCompletionSource? _life;
    private Dictionary<string, string> _environment = [];
    private int _starts;
    private volatile bool _stopAsked;

    /// <summary>The name that the dashboard knows it by.</summary>
    public string Id { get; } = $"{resource.Name}-{suffix}";

    /// <summary>The name that DCP knows it by: another one for each start, so that old news is not taken for new.</summary>
    public string DcpName { get; private set; } = "";

    public IResource Resource => resource;

    private bool IsStarted => _life is { Task.IsCompleted: false };

    public DcpKind Kind => resource is ContainerResource ? DcpKind.Container : DcpKind.Executable;

    /// <summary>Waits for what it depends on and starts it. A failure becomes its state.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (IsStarted)
            {
                return;
            }

            var last = DcpName;
            DcpName = _starts++ == 0 ? Id : $"{Id}-{_starts}";
            await WaitForOthersAsync(cancellationToken);
            var checks = resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => new HealthReportSnapshot(h.Key, null, null, null));
            Publish(s => s with { State = new(KnownResourceStates.Starting, "info"), ExitCode = null, StopTimeStamp = null, HealthReports = [.. checks] });
            if (!RunsAsProcess(resource))
            {
                Publish(s => s with { State = new(KnownResourceStates.Running, "success"), StartTimeStamp = DateTime.UtcNow });
                return;
            }

            await CreateAsync(last, cancellationToken);
        }
        catch (Exception problem) when (problem is DistributedApplicationException or HttpRequestException)
        {
            _life?.TrySetResult();
            Log.NotStarted(run.Logger, resource.Name, problem.Message);
            Publish(s => s with { State = new(KnownResourceStates.FailedToStart, "error") });
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks it to end, waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (IsStarted)
            {
                _stopAsked = true;
                await run.Dcp.StopAsync(Kind, DcpName, cancellationToken);
                await _life!.Task.WaitAsync(StopDeadline, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes in what DCP says of it.</summary>
    public void OnStatus(JsonElement status)
    {
        // {"state":"Running","pid":9347,"startupTimestamp":"…","exitCode":0,"effectiveEnv":[{"name":"PORT","value":"39167"}]}
        var exitCode = Get(status, "exitCode") is { ValueKind: JsonValueKind.Number } code ? code.GetInt32() : (int?)null;
        var state = StateOf(Get(status, "state")?.GetString(), exitCode);
        Publish(s => s with
        {
            State = state,
            ExitCode = exitCode,
            StartTimeStamp = Time(status, "startupTimestamp") ?? s.StartTimeStamp,
            StopTimeStamp = Time(status, "finishTimestamp"),
            Environment = [.. EffectiveEnvironment(status)],
            Properties = [.. s.Properties.Where(p => p.Name is not ("executable.pid" or "container.id")),
                .. Get(status, "pid") is { ValueKind: JsonValueKind.Number } pid ? [new("executable.pid", (double)pid.GetInt64())] : Array.Empty<ResourcePropertySnapshot>(),
                .. Get(status, "containerId")?.GetString() is { } id ? [new("container.id", id)] : Array.Empty<ResourcePropertySnapshot>()],
        });
        if (KnownResourceStates.TerminalStates.Contains(state.Text) && _life?.TrySetResult() == true && !_stopAsked)
        {
            Log.Ended(run.Logger, state.Text == KnownResourceStates.Finished ? LogLevel.Information : LogLevel.Error, resource.Name, state.Text, exitCode);
        }
    }

    public void Dispose() => _turn.Dispose();

    public static bool RunsAsProcess(IResource resource) => resource is ProjectResource or ContainerResource or Dashboard.DashboardResource;

    private static JsonElement? Get(JsonElement status, string name) => status.TryGetProperty(name, out var value) ? value : null;

    private static DateTime? Time(JsonElement status, string name) =>
        Get(status, name) is { ValueKind: JsonValueKind.String } time ? time.GetDateTime().ToUniversalTime() : null;

    private async Task WaitForOthersAsync(CancellationToken cancellationToken)
    {
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
        {
            Publish(s => s with { State = new(KnownResourceStates.Waiting, null) });
            await run.Notifications.WaitForResourceHealthyAsync(wait.Resource.Name, cancellationToken);
        }
    }

    private async Task CreateAsync(string last, CancellationToken cancellationToken)
    {
        if (last.Length > 0)
        {
            await run.Dcp.DeleteAsync(Kind, last, cancellationToken);
        }

        _environment = await ProcessEnvironment.BuildAsync(resource, suffix, run, cancellationToken);
        var launch = LaunchSpec.Of(resource, _environment);
        Publish(s => s with { Properties = [.. launch.Properties] });
        (_stopAsked, _life) = (false, new TaskCompletionSource());
        await run.Dcp.CreateAsync(Kind, DcpName, launch.Spec, LaunchSpec.Produces(resource), cancellationToken);
    }

    private ResourceStateSnapshot StateOf(string? dcpState, int? exitCode) => dcpState switch
    {
        "Running" => new(KnownResourceStates.Running, "success"),
        "Stopping" => new(KnownResourceStates.Stopping, "info"),
        "FailedToStart" => new(KnownResourceStates.FailedToStart, "error"),
        "Finished" or "Exited" or "Terminated" or "Unknown" => _stopAsked || exitCode == 0
            ? new(KnownResourceStates.Finished, null)
            : new(KnownResourceStates.Exited, "error"),
        _ => new(KnownResourceStates.Starting, "info"),
    };

    // Only what the AppHost has set, with the ports that DCP has filled in, and without the secrets.
    private IEnumerable<KeyValuePair<string, string>> EffectiveEnvironment(JsonElement status)
    {
        var effective = new Dictionary<string, string>();
        foreach (var variable in Get(status, "effectiveEnv") is { ValueKind: JsonValueKind.Array } all ? all.EnumerateArray() : default)
        {
            effective[variable.GetProperty("name").GetString()!] = Get(variable, "value")?.GetString() ?? "";
        }

        return _environment.Select(e => KeyValuePair.Create(e.Key, run.Mask.Apply(effective.GetValueOrDefault(e.Key, e.Value))));
    }

    private void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        run.Notifications.Publish(resource, Id, s => change(s ?? Initial()));

    private CustomResourceSnapshot Initial() =>
        resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot
        ?? new CustomResourceSnapshot { ResourceType = TypeOf(resource), CreationTimeStamp = DateTime.UtcNow, Properties = [] };

    private static string TypeOf(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ContainerResource => "Container",
        IResourceWithConnectionString => "ConnectionString",
        _ => "Executable",
    };
}
