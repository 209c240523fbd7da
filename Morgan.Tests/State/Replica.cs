using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.Benchmarks.Limits;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using Morgan.LlmService.Admission.Waiting;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;
using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.Tests.State;

/// <summary>The limits of one gateway replica, with a connection of its own; <see cref="DieAsync"/> ends it as a kill would.</summary>
internal sealed class Replica : IAsyncDisposable
{
    /// <summary>Patient enough for a busy machine: what is tested is not its speed, and a lease that waits there for a second is not to count as used.</summary>
    public static readonly SharedTimes Patient = new()
    {
        Budget = TimeSpan.FromSeconds(10),
        BookingBudget = TimeSpan.FromSeconds(10),
        LeaseLife = TimeSpan.FromSeconds(30),
    };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConnectionMultiplexer _redis;
    private readonly RedisState _state;
    private readonly LimitMetrics _metrics;
    private readonly BooksKeeper _keeper;
    private readonly Dictionary<string, TenantOptions> _tenants;

    private Replica(ConnectionMultiplexer redis, SharedTimes times, Dictionary<string, TenantOptions> tenants, AuthOptions auth)
    {
        (_redis, _tenants) = (redis, tenants);
        _state = new RedisState("state", () => redis, _ => { }, new RedisKeys("morgan"), NullLogger<RedisState>.Instance);
        _metrics = new LimitMetrics(_services.GetRequiredService<IMeterFactory>());
        Store = new LimitStore(_state, _metrics, times, TimeProvider.System, Trouble);
        Books = new SharedBooks(Store, _metrics, times, TimeProvider.System);
        var local = new LocalLimits(TimeProvider.System);
        var room = new WaitingRoom(TimeProvider.System);
        var options = new TenantsOptions();
        foreach (var (name, limits) in tenants)
        {
            options[name] = limits;
        }

        Limits = new TenantLimits(new FixedOptions<TenantsOptions>(options), new FixedOptions<AuthOptions>(auth), local, Books, room, _metrics, TimeProvider.System);
        Usage = new TenantUsage(Books, local, room);
        Health = new StateHealth(Books);
        _keeper = new BooksKeeper(Books, NullLogger<BooksKeeper>.Instance);
    }

    public LimitStore Store { get; }

    /// <summary>What the store was in trouble for.</summary>
    public TroubleLog Trouble { get; } = new();

    public SharedBooks Books { get; }

    public TenantLimits Limits { get; }

    public TenantUsage Usage { get; }

    public StateHealth Health { get; }

    public static async Task<Replica> StartAsync(string connection, TenantOptions acme, SharedTimes? times = null, AuthOptions? auth = null)
    {
        var options = ConfigurationOptions.Parse(connection);
        (options.AbortOnConnectFail, options.ConnectTimeout, options.BacklogPolicy) = (false, 5000, BacklogPolicy.FailFast);
        var replica = new Replica(
            await ConnectionMultiplexer.ConnectAsync(options), times ?? Patient, new() { ["acme"] = acme }, auth ?? new AuthOptions());
        await replica._state.StartAsync(TestContext.Current.CancellationToken);
        await replica._keeper.StartAsync(TestContext.Current.CancellationToken);
        await replica.Books.UntilReadyAsync();
        return replica;
    }

    public ValueTask<(Reservation? Reservation, OpenAiError? Error)> ReserveAsync(long tokens = 0, string key = "key") =>
        Limits.ReserveAsync(new Caller(key, "acme", Admin: false, null), "m", tokens, TimeSpan.MaxValue, TestContext.Current.CancellationToken);

    /// <summary>Reserves and says whether that was granted, with what it needs at once settled.</summary>
    public async Task<bool> UseAsync(long tokens = 0, long used = 0)
    {
        var (reservation, _) = await ReserveAsync(tokens);
        reservation?.Settle(new Bill(used, 0, 0, 1));
        reservation?.Dispose();
        return reservation is not null;
    }

    public Task<TenantView> LookAsync() => Usage.LookAsync("acme", _tenants["acme"]);

    /// <summary>Ends without a word to the store.</summary>
    public async Task DieAsync() => await _redis.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _keeper.StopAsync(CancellationToken.None);
        await _state.StopAsync(CancellationToken.None);
        _keeper.Dispose();
        Limits.Dispose();
        await _redis.DisposeAsync();
        _metrics.Dispose();
        await _services.DisposeAsync();
    }
}
