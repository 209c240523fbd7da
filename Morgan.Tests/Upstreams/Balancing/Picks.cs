using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Balancing;

/// <summary>One tier of hosts, for counting picks.</summary>
internal sealed class Picks : IAsyncDisposable
{
    private readonly TestEngine _engine;

    public Picks(string strategy, params double[] weights)
        : this(strategy, new Random(1), weights)
    {
    }

    public Picks(string strategy, Random random, double[] weights)
    {
        var hosts = weights.Select((weight, i) => TestEngine.Named($"h{i}", weight)).ToArray();
        var options = TestEngine.Options(hosts);
        options.Strategy = strategy;
        _engine = new TestEngine(options, random: random);
        Tier = Assert.Single(_engine.Tiers());
    }

    public TestEngine Engine => _engine;

    public Tier Tier { get; }

    public static double[] Equal(int hosts) => Enumerable.Repeat(1.0, hosts).ToArray();

    public Candidate? One(ulong prefix = 0, bool streamed = false) =>
        Tier.Pick(new PickContext(_engine.Context.Clock.Now, Usability.Full, prefix, streamed));

    public int[] Count(int picks)
    {
        var counts = new int[Tier.Candidates.Count];
        for (var i = 0; i < picks; i++)
        {
            counts[IndexOf(One()!)]++;
        }

        return counts;
    }

    public static int IndexOf(Candidate candidate) => int.Parse(candidate.Host.Name[1..], System.Globalization.CultureInfo.InvariantCulture);

    public HostState State(int host) => Tier.Candidates[host].Host.State;

    /// <summary>Takes a place as a request would.</summary>
    public HostLease Enter(Candidate candidate)
    {
        var now = _engine.Context.Clock.Now;
        Assert.True(candidate.Host.State.TryEnter(now, HeldPermits.None, out var permit));
        return new HostLease(candidate, permit, now);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
