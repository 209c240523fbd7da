using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Balancing;

public sealed class PrefixAffinityBalancerTests
{
    [Fact]
    public async Task Pick_SamePrefix_SameHostOnEveryReplica()
    {
        await using var one = new Picks(Strategies.PrefixAffinity, Picks.Equal(5));
        await using var other = new Picks(Strategies.PrefixAffinity, Picks.Equal(5));

        for (ulong prefix = 1; prefix <= 1_000; prefix++)
        {
            var host = one.One(prefix)!.Host.Name;
            Assert.Equal(host, one.One(prefix)!.Host.Name);
            Assert.Equal(host, other.One(prefix)!.Host.Name);
        }
    }

    [Fact]
    public async Task Pick_ManyPrefixes_SpreadByWeight()
    {
        await using var picks = new Picks(Strategies.PrefixAffinity, 1, 1, 2);
        var counts = new int[3];
        for (ulong prefix = 1; prefix <= 10_000; prefix++)
        {
            counts[Picks.IndexOf(picks.One(prefix)!)]++;
        }

        Assert.InRange(counts[0], 2_000, 3_000);
        Assert.InRange(counts[1], 2_000, 3_000);
        Assert.InRange(counts[2], 4_400, 5_600);
    }

    [Fact]
    public async Task Pick_TenThousandPrefixes_EachGoesToTheNextPointOfTheRing()
    {
        const int Hosts = 5, PointsOfAHost = 256;
        await using var picks = new Picks(Strategies.PrefixAffinity, Picks.Equal(Hosts));
        var ring = new SortedDictionary<ulong, string>();
        foreach (var name in Enumerable.Range(0, Hosts).Select(i => $"h{i}"))
        {
            var seed = name.Aggregate(14695981039346656037, (hash, letter) => (hash ^ letter) * 1099511628211);
            for (ulong k = 0; k < PointsOfAHost; k++)
            {
                ring.Add(Spread(seed + (k * 0x9E3779B97F4A7C15)), name);
            }
        }

        for (ulong prefix = 1; prefix <= 10_000; prefix++)
        {
            var at = Spread(prefix);
            Assert.Equal(ring.FirstOrDefault(point => point.Key >= at, ring.First()).Value, picks.One(prefix)!.Host.Name);
        }

        static ulong Spread(ulong value)
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }

    [Fact]
    public async Task Pick_HostGone_OnlyItsPrefixesMove()
    {
        await using var picks = new Picks(Strategies.PrefixAffinity, Picks.Equal(4));
        var before = Enumerable.Range(1, 2_000).Select(prefix => picks.One((ulong)prefix)!.Host.Name).ToArray();
        picks.State(2).Disable();

        var after = Enumerable.Range(1, 2_000).Select(prefix => picks.One((ulong)prefix)!.Host.Name).ToArray();

        for (var i = 0; i < before.Length; i++)
        {
            Assert.True(before[i] == "h2" ? after[i] != "h2" : after[i] == before[i]);
        }

        // They move to all of the others.
        Assert.Equal(3, before.Zip(after).Where(pair => pair.First == "h2").Select(pair => pair.Second).Distinct().Count());
    }

    [Fact]
    public async Task Pick_NoPrefix_LeastLoaded()
    {
        await using var picks = new Picks(Strategies.PrefixAffinity, 1, 1, 1);

        Assert.Equal([100, 100, 100], picks.Count(300));
    }
}
