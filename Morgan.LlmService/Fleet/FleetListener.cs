using System.Text.Json;
using Morgan.LlmService.Admission.Shared;
using Morgan.ServiceDefaults.Redis;
using Morgan.Upstreams.Hosts;
using StackExchange.Redis;

namespace Morgan.LlmService.Fleet;

/// <summary>
/// Hears what other replicas say of hosts, and once a second reads what lasts: a word may be lost, the key is the truth.
/// </summary>
internal sealed class FleetListener(HostFleet fleet, SharedBooks books, HostRegistry registry, ILogger<FleetListener> logger) : BackgroundService
{
    private static readonly TimeSpan Rounds = TimeSpan.FromSeconds(1);

    private IDisposable? _registration;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = registry.OnChange(fleet.Follow);
        fleet.Follow(registry.Current);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _registration?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!books.Store.IsConfigured)
        {
            return;
        }

        ChannelMessageQueue? words = null;
        var wasUp = false;
        using var timer = new PeriodicTimer(Rounds, books.Time);
        do
        {
            words ??= await ListenAsync();
            if (fleet.IsUp && !wasUp)
            {
                // What was learnt while nobody could be told.
                foreach (var host in registry.Current.Hosts)
                {
                    host.Reconcile();
                    if (host.CoolingDown is { Ticks: > 0 } pause)
                    {
                        fleet.CooledDown(host.Name, pause);
                    }
                }
            }

            wasUp = fleet.IsUp;
            await ReadAsync();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<ChannelMessageQueue?> ListenAsync()
    {
        if (books.Store.Connected is not { } connected)
        {
            return null;
        }

        try
        {
            var words = await connected.GetSubscriber().SubscribeAsync(fleet.Channel);
            words.OnMessage(message => Hear(message.Message));
            return words;
        }
        catch (Exception e) when (RedisFaults.Is(e))
        {
            Log.FleetNotHeard(logger, e.Message);
            return null;
        }
    }

    private async Task ReadAsync()
    {
        var answer = await books.Store.TellAsync(FleetScripts.Cooling, [fleet.CoolingKey], [], "hosts");
        for (var i = 0; answer is not null && i + 1 < answer.Length; i += 2)
        {
            Find((string)answer[i]!)?.CoolDown(TimeSpan.FromMilliseconds((long)answer[i + 1]));
        }
    }

    private void Hear(RedisValue message)
    {
        FleetWord? word;
        try
        {
            word = JsonSerializer.Deserialize<FleetWord>((string)message!);
        }
        catch (JsonException e)
        {
            Log.FleetNotHeard(logger, e.Message);
            return;
        }

        if (word is null || word.Replica == books.Replica || Find(word.Host) is not { } host)
        {
            return;
        }

        if (word.CoolForMs > 0)
        {
            host.CoolDown(TimeSpan.FromMilliseconds(word.CoolForMs));
        }
        else if (word.IsReset)
        {
            host.EndCoolDown();
        }
        else if (word.Check is { } check)
        {
            host.Checked(check);
        }
    }

    private Host? Find(string identity)
    {
        foreach (var host in registry.Current.Hosts)
        {
            if (fleet.Identity(host.Name) == identity)
            {
                return host;
            }
        }

        return null;
    }
}
