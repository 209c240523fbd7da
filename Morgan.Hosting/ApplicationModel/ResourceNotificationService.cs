using System.Runtime.CompilerServices;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Knows the newest state of every resource, and lets others follow it.</summary>
public sealed class ResourceNotificationService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Version, ResourceEvent Event)> _newest = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    /// <summary>Waits until a replica of a resource has reached a state.</summary>
    /// <param name="resourceName">The resource.</param>
    /// <param name="targetState">One of <see cref="KnownResourceStates"/>; null: running.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, e => e.Snapshot.State?.Text == (targetState ?? KnownResourceStates.Running), cancellationToken);

    /// <summary>Waits until what is known of a replica of a resource fulfils a condition.</summary>
    /// <param name="resourceName">The resource.</param>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var resourceEvent in WatchAsync(cancellationToken))
        {
            if (resourceEvent.Resource.Name == resourceName && predicate(resourceEvent))
            {
                return resourceEvent;
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>Waits until a replica of a resource runs and all its health checks are healthy.</summary>
    /// <param name="resourceName">The resource.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DistributedApplicationException">It has ended or could not be started.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
    {
        var end = await WaitForResourceAsync(
            resourceName,
            e => e.Snapshot.HealthStatus == HealthStatus.Healthy || KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text),
            cancellationToken);
        return end.Snapshot.HealthStatus == HealthStatus.Healthy
            ? end
            : throw new DistributedApplicationException($"The resource {resourceName} is {end.Snapshot.State?.Text} (exit code {end.Snapshot.ExitCode}).");
    }

    /// <summary>Follows all resources: first what is known of each, then each change. Changes that come faster than they are read are merged.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var fresh in WatchBatchesAsync(cancellationToken))
        {
            foreach (var resourceEvent in fresh)
            {
                yield return resourceEvent;
            }
        }
    }

    /// <summary>As <see cref="WatchAsync"/>, with all that is known at a time together; the first batch may be empty.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<ResourceEvent>> WatchBatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = 0L;
        while (true)
        {
            Task next;
            List<ResourceEvent> fresh;
            lock (_lock)
            {
                next = _changed.Task;
                fresh = [.. _newest.Values.Where(e => e.Version > seen).OrderBy(e => e.Version).Select(e => e.Event)];
                seen = _version;
            }

            yield return fresh;
            await next.WaitAsync(cancellationToken);
        }
    }

    internal void Publish(IResource resource, string resourceId, Func<CustomResourceSnapshot?, CustomResourceSnapshot> change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            var old = _newest.TryGetValue(resourceId, out var newest) ? newest.Event.Snapshot : null;
            var snapshot = change(old);
            if (snapshot == old)
            {
                return;
            }

            _newest[resourceId] = (++_version, new ResourceEvent(resource, resourceId, snapshot));
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
