namespace Morgan.Upstreams.Fleet;

/// <summary>Permits of a limit that replicas share, to be used at once.</summary>
/// <param name="Granted">How many, 0 to those wanted.</param>
/// <param name="Next">When it is worth asking for more; zero: now.</param>
public readonly record struct FleetPermits(int Granted, TimeSpan Next);
