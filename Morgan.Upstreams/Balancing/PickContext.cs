using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Balancing;

/// <summary>What a pick needs to know of the request.</summary>
/// <param name="Now">The clock.</param>
/// <param name="Least">What a host must be to be picked.</param>
/// <param name="PrefixHash">For prefix-affinity; 0: none.</param>
/// <param name="Streamed">Which of a host's latencies matters.</param>
/// <param name="Tried">Hosts that have failed this request in this round; the first <paramref name="TriedCount"/> of them.</param>
/// <param name="TriedCount">How many.</param>
/// <param name="Except">One more that is not to be picked.</param>
internal readonly record struct PickContext(
    long Now, Usability Least, ulong PrefixHash = 0, bool Streamed = false, Candidate[]? Tried = null, int TriedCount = 0,
    Candidate? Except = null)
{
    public bool Allows(Candidate candidate)
    {
        for (var i = 0; i < TriedCount; i++)
        {
            if (ReferenceEquals(Tried![i].State, candidate.State))
            {
                return false;
            }
        }

        return !ReferenceEquals(candidate, Except) && candidate.State.UsabilityAt(Now) >= Least;
    }
}
