using Microsoft.Extensions.Hosting;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;
using Host = Morgan.Upstreams.Hosts.Host;

namespace Morgan.Upstreams.Health;

/// <summary>
/// Checks every host that is switched on, each in its own rhythm: at once when it is new, which also opens its first
/// connection, then about every <c>Health:Interval</c>. Of replicas that can reach each other one does it for all.
/// </summary>
internal sealed class HealthMonitor(HostRegistry registry) : IHostedService, IDisposable
{
    // A tenth more or less, so that the checks of many hosts and replicas don't come at the same time.
    private const double Jitter = 0.1;

    // Nothing heard for so long, and this replica looks for itself, whoever's turn it is.
    private const double Silence = 2.5;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Task> _loops = new(StringComparer.OrdinalIgnoreCase);
    private readonly HostContext _context = registry.Context;
    private IDisposable? _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = registry.OnChange(Follow);
        Follow(registry.Current);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _registration?.Dispose();
        await _stop.CancelAsync();
        Task[] loops;
        lock (_gate)
        {
            loops = [.. _loops.Values];
        }

        await Task.WhenAll(loops).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stop.Dispose();

    private void Follow(HostPool pool)
    {
        lock (_gate)
        {
            foreach (var host in pool.Hosts)
            {
                if (!_loops.ContainsKey(host.Name))
                {
                    _loops.Add(host.Name, Task.Run(() => CheckAsync(host.Name), CancellationToken.None));
                }
            }
        }
    }

    // Ends when the host is no longer configured.
    private async Task CheckAsync(string name)
    {
        try
        {
            while (Find(name) is { } host)
            {
                if (host.State.Switch.IsEnabled)
                {
                    await CheckInTurnAsync(host);
                }

                var jitter = 1 + (Jitter * ((2 * _context.Random.NextDouble()) - 1));
                await Task.Delay(host.Settings.Health.Interval * jitter, _context.Time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task CheckInTurnAsync(Host host)
    {
        var (health, interval) = (host.State.Health, host.Settings.Health.Interval);
        if (_context.Fleet is { } fleet && await fleet.TurnAsync(host.Name, interval) is { IsMine: false } turn)
        {
            if (turn.Last is { } last)
            {
                health.CheckedElsewhere(last);
            }

            if (health.LastCheck is { } known && _context.Time.GetUtcNow() - known.At < Silence * interval)
            {
                return;
            }
        }

        var check = await CheckAsync(host);
        health.Checked(check);
        _context.Fleet?.Probed(host.Name, check, interval);
    }

    private Host? Find(string name)
    {
        lock (_gate)
        {
            var host = registry.Current.Find(name);
            if (host is null)
            {
                _loops.Remove(name);
            }

            return host;
        }
    }

    private async Task<HealthCheckView> CheckAsync(Host host)
    {
        var at = _context.Time.GetUtcNow();
        var began = _context.Time.GetTimestamp();
        var problem = await AskAsync(host);
        var elapsed = _context.Time.GetElapsedTime(began).TotalMilliseconds;
        return new HealthCheckView(at, problem is null, Math.Round(elapsed, 3), problem);
    }

    private async Task<string?> AskAsync(Host host)
    {
        using var deadline = new CancellationTokenSource(host.Settings.Health.Timeout, _context.Time);
        using var stop = _stop.Token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            using var request = Housekeeping.Get(HealthProbe.UriOf(host));
            using var response = await host.SendAsync(request, deadline.Token);
            return OutcomeTable.ProblemOf(response);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return $"no answer within {host.Settings.Health.Timeout.TotalSeconds:0.###} s";
        }
#pragma warning disable CA1031 // whatever goes wrong is what the check has found out
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return e.Message;
        }
    }
}
