using System.Text;

namespace Morgan.Upstreams.Balancing;

/// <summary>
/// Requests with a common prefix go to the host that has it in its cache: consistent hashing, the same on every replica,
/// by which a change of hosts moves only their own share. The load is bounded: a host with more than 1.25 times its share
/// of the requests in flight is passed over for the next on the ring, so that a popular prefix spreads
/// (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads, 2016).
/// </summary>
internal sealed class PrefixAffinityBalancer : Balancer
{
    private const double Overload = 1.25;

    // Below this, sharing the cache is worth more than an even load.
    private const int AlwaysAllowed = 4;
    private const int MaxSteps = 64;

    private readonly ulong[] _points;
    private readonly int[] _owners;
    private readonly double _totalWeight;
    private readonly LeastLoadedBalancer _otherwise;

    public PrefixAffinityBalancer(Candidate[] candidates, Random random)
        : base(candidates, random)
    {
        _otherwise = new LeastLoadedBalancer(candidates, random);
        _totalWeight = candidates.Sum(candidate => candidate.Host.Options.Weight);
        var perHost = Math.Clamp(16384 / candidates.Length, 16, 256);
        var points = new List<ulong>();
        var owners = new List<int>();
        for (var i = 0; i < candidates.Length; i++)
        {
            var share = candidates[i].Host.Options.Weight * candidates.Length / _totalWeight;
            var seed = Hash(candidates[i].Host.Name);
            for (var k = 0; k < Math.Max(1, perHost * share); k++)
            {
                points.Add(Mix(seed + ((ulong)k * 0x9E3779B97F4A7C15)));
                owners.Add(i);
            }
        }

        (_points, _owners) = ([.. points], [.. owners]);
        Array.Sort(_points, _owners);
    }

    public override Candidate? Pick(in PickContext context)
    {
        if (context.PrefixHash == 0)
        {
            return _otherwise.Pick(context);
        }

        var inFlight = Candidates[0].Tier!.InFlight;
        var at = Array.BinarySearch(_points, Mix(context.PrefixHash));
        at = at < 0 ? ~at : at;
        for (var step = 0; step < MaxSteps; step++, at++)
        {
            var candidate = Candidates[_owners[at % _owners.Length]];
            var share = Overload * (inFlight + 1) * candidate.Host.Options.Weight / _totalWeight;
            if (candidate.InFlight < Math.Max(AlwaysAllowed, Math.Ceiling(share)) && context.Allows(candidate))
            {
                return candidate;
            }
        }

        return _otherwise.Pick(context);
    }

    // FNV-1a: the same on every replica and in every version.
    private static ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        return hash;
    }

    // The finalizer of SplitMix64: spreads hashes that differ in a few bits.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
