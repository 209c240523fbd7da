namespace Morgan.LlmSimulator.Plan;

/// <summary>
/// A small random source of our own (SplitMix64), because texts, timings and faults of a seed must be the same on every
/// machine and .NET version, and because each request needs a source that other requests don't disturb.
/// </summary>
internal struct Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Mixes values into a seed; their order counts.</summary>
    public static ulong Mix(ulong a, ulong b) => Scramble(a ^ Scramble(b + 0x9E3779B97F4A7C15));

    /// <summary>A stable hash of a text (FNV-1a, 64 bits, scrambled).</summary>
    public static ulong Hash(ReadOnlySpan<char> text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return Scramble(hash);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong Next() => Scramble(_state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="bound"/>).</summary>
    public int Next(int bound) => (int)(NextDouble() * bound);

    private static ulong Scramble(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
