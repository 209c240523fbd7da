namespace Morgan.Upstreams.Queueing;

/// <summary>
/// Requests that wait for the same thing, such as a host's permits: flows take turns, and within a flow the earliest
/// deadline goes first. So a flow that always has somebody here is served at least as often as any other, however many
/// those have. Not thread-safe: whoever owns it holds a lock.
/// </summary>
internal sealed class FairQueue<T>
{
    // A flow alone gets so many times the places that it leaves: 888 of 1,000.
    private const int Greed = 8;

    private readonly Dictionary<string, LinkedListNode<QueueFlow<T>>> _flows = new(StringComparer.Ordinal);
    private readonly LinkedList<QueueFlow<T>> _turns = new();
    private long _last;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Of how many flows.</summary>
    public int Flows => _turns.Count;

    /// <summary>
    /// Whether another of a flow may wait where <paramref name="most"/> may: only while the flow has fewer here than eight times
    /// the places that are left, and not the last one, so that there is room for flows that have none, and yet one alone gets
    /// nearly all. Requests of no flow have nobody to leave room for.
    /// </summary>
    public bool HasRoom(string flow, int most)
    {
        var free = most - Count;
        return free > 0 && (flow.Length == 0 || CountOf(flow) is var own && (own == 0 || (free > 1 && own < Greed * free)));
    }

    /// <summary>Takes a place.</summary>
    public void Join(QueuePlace<T> place)
    {
        if (!_flows.TryGetValue(place.Flow, out var turn))
        {
            _flows[place.Flow] = turn = _turns.AddLast(new QueueFlow<T>(place.Flow));
        }

        place.Number = ++_last;
        turn.Value.Places.Add(place);
        Count++;
    }

    /// <summary>Gives a place up; false: it is not in the queue any more.</summary>
    public bool Leave(QueuePlace<T> place)
    {
        if (place.Number == 0)
        {
            return false;
        }

        Remove(_flows[place.Flow], place);
        return true;
    }

    /// <summary>Serves the first of those who take what they are offered; the others are out of the queue, at no cost to their flows.</summary>
    /// <returns>False: nobody is there who takes it.</returns>
    public bool Serve<TState>(TState state, Func<T, TState, bool> take)
    {
        while (_turns.First is { } turn)
        {
            var place = turn.Value.Places.Min!;
            Remove(turn, place);
            if (!take(place.Owner, state))
            {
                continue;
            }

            if (turn.List is not null)
            {
                _turns.RemoveFirst();
                _turns.AddLast(turn);
            }

            return true;
        }

        return false;
    }

    /// <summary>
    /// How many go before a request that comes now, if nobody comes after it and all wait for their turns. As many steps as
    /// there are flows.
    /// </summary>
    public int AheadOfNew(string flow, long deadline) =>
        AheadOf(flow, _flows.TryGetValue(flow, out var turn) ? turn.Value.Before(deadline) : 0);

    /// <summary>
    /// How many go before the request of a flow that <paramref name="before"/> others of the flow go before: those, and as
    /// many of each other flow; of flows whose turn is sooner one more.
    /// </summary>
    public int AheadOf(string flow, int before)
    {
        var (ahead, isSooner) = (before, true);
        foreach (var other in _turns)
        {
            if (other.Name == flow)
            {
                isSooner = false;
            }
            else
            {
                ahead += Math.Min(other.Places.Count, isSooner ? before + 1 : before);
            }
        }

        return ahead;
    }

    /// <summary>The places that a request would take a step back by its deadline, and how many of the flow go before each then.</summary>
    public IEnumerable<(QueuePlace<T> Place, int Before)> Overtaken(string flow, long deadline)
    {
        if (!_flows.TryGetValue(flow, out var turn))
        {
            yield break;
        }

        var before = turn.Value.Places.Count;
        foreach (var place in turn.Value.Overtaken(deadline))
        {
            yield return (place, before--);
        }
    }

    private int CountOf(string flow) => _flows.TryGetValue(flow, out var turn) ? turn.Value.Places.Count : 0;

    private void Remove(LinkedListNode<QueueFlow<T>> turn, QueuePlace<T> place)
    {
        turn.Value.Places.Remove(place);
        place.Number = 0;
        Count--;
        if (turn.Value.Places.Count == 0)
        {
            _turns.Remove(turn);
            _flows.Remove(turn.Value.Name);
        }
    }
}
