namespace Morgan.Upstreams.Queueing;

/// <summary>The requests of one flow in a <see cref="FairQueue{T}"/>: the earliest deadline first, of equal ones who came first.</summary>
internal sealed class QueueFlow<T>(string name)
{
    private static readonly Comparer<QueuePlace<T>> Order = Comparer<QueuePlace<T>>.Create(static (a, b) =>
        a.Deadline.CompareTo(b.Deadline) is not 0 and var order ? order : a.Number.CompareTo(b.Number));

    public string Name => name;

    /// <summary>In their order.</summary>
    public SortedSet<QueuePlace<T>> Places { get; } = new(Order);

    /// <summary>How many of them go before one with that deadline who comes now. As many steps as it would overtake.</summary>
    public int Before(long deadline) => Places.Count - Overtaken(deadline).Count();

    /// <summary>Those that one with that deadline who comes now would overtake, the last first.</summary>
    public IEnumerable<QueuePlace<T>> Overtaken(long deadline) => Places.Reverse().TakeWhile(place => place.Deadline > deadline);
}
