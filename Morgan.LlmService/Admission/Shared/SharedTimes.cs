namespace Morgan.LlmService.Admission.Shared;

/// <summary>The times of the shared books.</summary>
internal sealed record SharedTimes
{
    /// <summary>The window that limits per minute are about.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a request waits for the store, before its replica's share decides: a slow store is worse than none. Not so
    /// short that a pause of the machine or of the collector would make replicas guess.
    /// </summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request waits once more that the share would refuse.</summary>
    public TimeSpan PatientBudget { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long what no request waits for may take.</summary>
    public TimeSpan BookingBudget { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests wait at most for a replica that has just started to have found its store.</summary>
    public TimeSpan LongestStart { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A reservation that nobody has confirmed for so long is an orphan: its replica has died, and it counts as it was set
    /// aside.
    /// </summary>
    public TimeSpan ReservationLife { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request that is still at work confirms its reservation.</summary>
    public TimeSpan Touch { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The life of a lease in the store.</summary>
    public TimeSpan LeaseLife { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a replica grants from a lease before it returns what is left: well before the store counts it as used.</summary>
    public TimeSpan LeaseUse { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often leases and bookings that are due are looked for.</summary>
    public TimeSpan Rounds { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a replica says that it lives; after five of them without a word it is not counted any more.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);
}
