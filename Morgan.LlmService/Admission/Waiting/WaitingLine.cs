namespace Morgan.LlmService.Admission.Waiting;

/// <summary>The requests of one tenant, or of one of its keys, that wait for its limits: the earliest deadline first, of equal ones who came first.</summary>
internal sealed class WaitingLine
{
    private readonly Lock _gate = new();
    private readonly List<Waiter> _line = [];
    private volatile int _count;

    /// <summary>How many wait.</summary>
    public int Count => _count;

    /// <summary>Whether somebody was woken who has not looked yet.</summary>
    public bool HasNews
    {
        get
        {
            lock (_gate)
            {
                return _line.Exists(waiter => waiter.HasNews);
            }
        }
    }

    /// <summary>Takes the place that the deadline gives.</summary>
    public void Join(Waiter waiter)
    {
        lock (_gate)
        {
            var index = _line.Count;
            while (index > 0 && _line[index - 1].Deadline > waiter.Deadline)
            {
                index--;
            }

            _line.Insert(index, waiter);
            _count = _line.Count;
        }
    }

    /// <summary>Goes, admitted or not; the next is woken if it was the first.</summary>
    public void Leave(Waiter waiter)
    {
        lock (_gate)
        {
            var index = _line.IndexOf(waiter);
            _line.RemoveAt(index);
            _count = _line.Count;
            if (index == 0 && _count > 0)
            {
                _line[0].Wake();
            }
        }
    }

    /// <summary>Something was given back: whoever is first looks again.</summary>
    public void Beat()
    {
        if (_count == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_line.Count > 0)
            {
                _line[0].Wake();
            }
        }
    }

    /// <summary>Where a request stands now.</summary>
    public LinePlace PlaceOf(Waiter waiter, TimeSpan now)
    {
        lock (_gate)
        {
            var (ahead, aheadTokens, behind, behindTokens) = (0L, 0L, 0L, 0L);
            var (leftBehind, most) = (TimeSpan.MaxValue, waiter.Deadline);
            var isBehind = false;
            foreach (var other in _line)
            {
                if (other == waiter)
                {
                    isBehind = true;
                    continue;
                }

                if (isBehind)
                {
                    (behind, behindTokens) = (behind + 1, behindTokens + other.Tokens);
                    most = other.Deadline;
                    leftBehind = other.IsPromised && other.Deadline - now < leftBehind ? other.Deadline - now : leftBehind;
                }
                else
                {
                    (ahead, aheadTokens) = (ahead + 1, aheadTokens + other.Tokens);
                }
            }

            return new LinePlace(ahead, aheadTokens, waiter.IsPromised ? 0 : behind, waiter.IsPromised ? 0 : behindTokens)
            {
                Waits = true,
                IsTurn = waiter.IsPromised && ahead == 0,
                LineRequests = ahead + behind,
                LineTokens = aheadTokens + behindTokens,
                Left = waiter.Deadline - now,
                LeftBehind = leftBehind,
                MostLeft = most - now,
            };
        }
    }
}
