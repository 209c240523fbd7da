namespace Morgan.ServiceDefaults.Auth;

/// <summary>How a key is used in this process; survives a reload of the configuration.</summary>
internal sealed class KeyUse
{
    private const int MostAddresses = 8;

    private readonly ulong[] _addresses = new ulong[MostAddresses];
    private int _next;
    private int _running;

    /// <summary>Whether it was among the last addresses from which the key was used.</summary>
    public bool Knows(ulong address)
    {
        for (var i = 0; i < MostAddresses; i++)
        {
            if (Volatile.Read(ref _addresses[i]) == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The key was used from there.</summary>
    public void Remember(ulong address)
    {
        if (!Knows(address))
        {
            Volatile.Write(ref _addresses[(uint)Interlocked.Increment(ref _next) % MostAddresses], address);
        }
    }

    /// <summary>Takes a place among <paramref name="most"/>. False: there is none.</summary>
    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref _running) <= most)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _running);
}
