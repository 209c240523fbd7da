using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using Morgan.LlmService.Admission.Waiting;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.Benchmarks.Limits;

/// <summary>The gateway's own limits, of one replica on a virtual clock.</summary>
internal sealed class SimulatedReplica : IDisposable
{
    private static readonly Caller Acme = new("key", "acme", Admin: false, null);
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    private readonly LimitMetrics _metrics;
    private readonly RedisState _state;
    private readonly SharedBooks _books;
    private readonly TenantLimits _limits;

    public SimulatedReplica(DistantStore store, string keys, VirtualTime time, IMeterFactory meters, int requestsPerMinute, int replicas)
    {
        _metrics = new LimitMetrics(meters);
        var connection = DistantConnection.To(store);
        _state = new RedisState("state", () => connection, _ => { }, new RedisKeys(keys), NullLogger<RedisState>.Instance);
        var times = new SharedTimes();
        _books = new SharedBooks(new LimitStore(_state, _metrics, times, time, NullLogger<LimitStore>.Instance), _metrics, times, time);
        _books.Counted(replicas);
        _books.BecomeReady();
        var tenants = new TenantsOptions { ["acme"] = new TenantOptions { RequestsPerMinute = requestsPerMinute } };
        _limits = new TenantLimits(
            new FixedOptions<TenantsOptions>(tenants), new FixedOptions<AuthOptions>(new AuthOptions()), new LocalLimits(time), _books, new WaitingRoom(time), _metrics, time);
    }

    /// <summary>Connects.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _state.StartAsync(cancellationToken);
        await _state.FirstAttempt;
    }

    /// <summary>Admits a request, or not.</summary>
    public async Task<Reservation?> ReserveAsync() =>
        (await _limits.ReserveAsync(Acme, "model", 0, Forever, CancellationToken.None)).Reservation;

    /// <summary>Does what is due, as a replica does every <see cref="SharedTimes.Rounds"/>.</summary>
    public async Task KeepAsync()
    {
        foreach (var book in _books.All)
        {
            await book.KeepAsync(isLast: false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _limits.Dispose();
        _state.Dispose();
        _metrics.Dispose();
    }
}
