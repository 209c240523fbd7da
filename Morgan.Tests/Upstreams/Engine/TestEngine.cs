using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.ServiceDiscovery;
using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Tests.Upstreams.Engine;

/// <summary>The engine on fake time, with scripted hosts: <c>http://a/v1</c> is answered by <c>engine["a"]</c>.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly Dictionary<string, ScriptedHost> _hosts = new(StringComparer.Ordinal);

    public TestEngine(UpstreamOptions options, TimeProvider? time = null, Random? random = null, ServiceEndpointResolver? resolver = null)
    {
        Time = time ?? Fake;
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Metrics = new UpstreamMetrics(_services.GetRequiredService<IMeterFactory>());
        Context = new HostContext(
            new MonotonicClock(Time), random ?? new Random(1), new Pulse(), Metrics, NullLogger.Instance);
        Registry = new HostRegistry(Context, new KeyAuthorization(), resolver, key => this[key.Address.Host]);
        Registry.Apply(options);
        Client = new UpstreamClient(Context);
    }

    public FakeTimeProvider Fake { get; } = new(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public TimeProvider Time { get; }

    public UpstreamMetrics Metrics { get; }

    public HostContext Context { get; }

    public HostRegistry Registry { get; }

    public UpstreamClient Client { get; }

    public ScriptedHost this[string name]
    {
        get
        {
            lock (_hosts)
            {
                return _hosts.TryGetValue(name, out var host) ? host : _hosts[name] = new ScriptedHost();
            }
        }
    }

    public Host Host(string name) => Registry.Current.Find(name) ?? throw new InvalidOperationException($"no host {name}");

    public HostState State(string name) => Host(name).State;

    public IReadOnlyList<Tier> Tiers() =>
        Registry.Current.CreateTiers(Registry.Current.Hosts.Select(host => new Candidate(host, "model")));

    public static UpstreamOptions Options(params string[] names) => Options([.. names.Select(name => Named(name))]);

    public static UpstreamOptions Options(params HostOptions[] hosts) => new() { Hosts = hosts, Strategy = Strategies.RoundRobin };

    public static HostOptions Named(string name, double weight = 1, int priority = 0, int maxConcurrency = 0) => new()
    {
        Name = name,
        Url = $"http://{name}/v1",
        Weight = weight,
        Priority = priority,
        MaxConcurrency = maxConcurrency,
    };

    public UpstreamRequest Request(
        TestExchange? exchange = null,
        IReadOnlyList<Tier>? tiers = null,
        TimeSpan? timeout = null,
        bool streamed = false,
        IAttemptObserver? observer = null,
        string flow = "") => new()
        {
            Tiers = tiers ?? Tiers(),
            Attempts = exchange ?? new TestExchange(),
            Deadline = Deadline.After(Time, timeout ?? TimeSpan.FromMinutes(10)),
            Streamed = streamed,
            Observer = observer,
            Flow = flow,
        };

    /// <summary>Sends one request and waits for its result without moving time.</summary>
    public Task<UpstreamResult> SendAsync(UpstreamRequest? request = null) =>
        Client.SendAsync(request ?? Request(), TestContext.Current.CancellationToken);

    /// <summary>Sends one request, relays it well where there is something to relay, and says what came of it.</summary>
    public async Task<UpstreamResult> RoundTripAsync(UpstreamRequest? request = null)
    {
        var result = await SendAsync(request);
        result.Lease?.Complete(AttemptOutcome.Success);
        await result.DisposeAsync();
        return result;
    }

    /// <summary>Moves time on in steps until the task is done.</summary>
    public async Task<T> RunAsync<T>(Task<T> task, TimeSpan? step = null, TimeSpan? limit = null)
    {
        await RunAsync((Task)task, step, limit);
        return await task;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public async Task RunAsync(Task task, TimeSpan? step = null, TimeSpan? limit = null)
    {
        var end = Fake.GetUtcNow() + (limit ?? TimeSpan.FromMinutes(30));
        await SettleAsync(task);
        while (!task.IsCompleted)
        {
            Assert.True(Fake.GetUtcNow() < end, "the task is not done in the time it has");
            Fake.Advance(step ?? TimeSpan.FromMilliseconds(100));

            // A breath of real time, so that what the step has set off is done before the next.
            await Task.WhenAny(task, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        await task;
    }

    /// <summary>That fake time has moved as far; a busy machine may notice the end a few steps late.</summary>
    public void AssertTook(DateTimeOffset began, TimeSpan expected) =>
        Assert.InRange(Fake.GetUtcNow() - began, expected, expected + TimeSpan.FromSeconds(5));

    /// <summary>Lets everything run that needs no time.</summary>
    public static async Task SettleAsync(Task? until = null)
    {
        for (var i = 0; i < 20 && until?.IsCompleted != true; i++)
        {
            await Task.Yield();
            Thread.Yield();
        }
    }

    /// <summary>Waits, in real time, for what needs no fake time.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "did not come true in 30 s");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        Metrics.Dispose();
        await _services.DisposeAsync();
    }
}
