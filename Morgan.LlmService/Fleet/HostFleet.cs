using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Morgan.LlmService.Admission.Shared;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;
using StackExchange.Redis;

namespace Morgan.LlmService.Fleet;

/// <summary>
/// Shares what replicas know of hosts through the store of limits: what is to last is a key there, and what others are to
/// know at once is also published. A host is known by name and address, so that two deployments on one store do not mistake
/// each other's.
/// </summary>
internal sealed class HostFleet(SharedBooks books) : IFleet
{
    /// <summary>Where replicas talk.</summary>
    public RedisChannel Channel { get; } = books.Store.Keys.ChannelOf("hosts");

    /// <summary>The hash of hosts that rest.</summary>
    public string CoolingKey { get; } = books.Store.Keys.Of("hosts:cooling");

    // Each replica asks about once in an interval, give or take a tenth.
    private const double LeaseShare = 0.85;
    private const int KeptIntervals = 3;

    private volatile FrozenDictionary<string, string> _identities = FrozenDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public bool IsUp => books.Store is { IsConfigured: true, IsUp: true };

    /// <inheritdoc/>
    public int Replicas => books.Sharers;

    /// <summary>A new version of the hosts.</summary>
    public void Follow(HostPool pool) =>
        _identities = pool.Hosts.ToFrozenDictionary(host => host.Name, host => $"{host.Name} {host.Address}", StringComparer.OrdinalIgnoreCase);

    /// <summary>What a host is called between replicas.</summary>
    public string Identity(string host) => _identities.GetValueOrDefault(host, host);

    /// <inheritdoc/>
    public void CooledDown(string host, TimeSpan pause) => _ = CoolAsync(host, (long)Math.Ceiling(pause.TotalMilliseconds));

    /// <inheritdoc/>
    public void Reset(string host) => _ = TellAsync(
        FleetScripts.Reset, [CoolingKey], [Identity(host)], new FleetWord(books.Replica, Identity(host)) { IsReset = true });

    /// <inheritdoc/>
    public async ValueTask<FleetPermits?> TakeAsync(string host, RateLimitOptions limit, int count)
    {
        var key = books.Store.Keys.Of($"host:{{{Uri.EscapeDataString(Identity(host))}}}:permits");
        var isWindow = limit.Algorithm == RateLimitAlgorithms.SlidingWindow;
        var answer = isWindow
            ? await books.Store.AskAsync(
                FleetScripts.SlidingWindow, [key + ":window", key + ":sum"],
                [(long)((limit.RequestsPerSecond * limit.Window.TotalSeconds) + 1e-9), (long)limit.Window.TotalMilliseconds, count],
                "host-permits")
            : await books.Store.AskAsync(
                FleetScripts.TokenBucket, [key + ":bucket"],
                [limit.RequestsPerSecond.ToString("R", CultureInfo.InvariantCulture), limit.Burst, count],
                "host-permits");
        return answer.Result is { } taken ? new FleetPermits((int)taken[0], TimeSpan.FromMilliseconds((long)taken[1])) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<ProbeTurn> TurnAsync(string host, TimeSpan interval)
    {
        var answer = await books.Store.TellAsync(
            FleetScripts.Turn, [ProbeKey(host, "lease"), ProbeKey(host, "last")],
            [books.Replica, (long)(interval * LeaseShare).TotalMilliseconds], "probe-lease");
        if (answer is null)
        {
            return new ProbeTurn(true, null);
        }

        var last = (string)answer[1]!;
        return new ProbeTurn((int)answer[0] == 1, last.Length == 0 ? null : JsonSerializer.Deserialize<FleetWord>(last)?.Check);
    }

    /// <inheritdoc/>
    public void Probed(string host, HealthCheckView check, TimeSpan interval)
    {
        var word = new FleetWord(books.Replica, Identity(host)) { Check = check };
        _ = TellAsync(
            FleetScripts.Probed, [ProbeKey(host, "last")], [JsonSerializer.Serialize(word), (long)(interval * KeptIntervals).TotalMilliseconds], word);
    }

    private async Task CoolAsync(string host, long milliseconds) => await TellAsync(
        FleetScripts.Cool, [CoolingKey], [Identity(host), milliseconds], new FleetWord(books.Replica, Identity(host)) { CoolForMs = milliseconds });

    // Nobody waits for it; a failure is counted where it happens, and the key is what the others go by in the end.
    private async Task TellAsync(string script, RedisKey[] keys, RedisValue[] values, FleetWord word)
    {
        if (await books.Store.TellAsync(script, keys, values, "hosts") is not null
            && books.Store.Connected is { } connected)
        {
            await connected.GetSubscriber().PublishAsync(Channel, JsonSerializer.Serialize(word), CommandFlags.FireAndForget);
        }
    }

    private RedisKey ProbeKey(string host, string what) => books.Store.Keys.Of($"host:{{{Uri.EscapeDataString(Identity(host))}}}:probe:{what}");
}
