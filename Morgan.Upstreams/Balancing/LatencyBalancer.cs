namespace Morgan.Upstreams.Balancing;

/// <summary>
/// The better of two drawn by chance, by how long a request is likely to wait there: the host's peak EWMA of the time to
/// first token, times the requests that are already in its queue. Two choices rather than the best of all keep many
/// requests, and many replicas, from running to the same host.
/// </summary>
internal sealed class LatencyBalancer(Candidate[] candidates, Random random) : Balancer(candidates, random)
{
    public override Candidate? Pick(in PickContext context)
    {
        if (Draw(context) is not { } first)
        {
            return null;
        }

        return Candidates.Length > 1 && Draw(context, except: first) is { } second
            && second.Cost(context.Now, context.Streamed) < first.Cost(context.Now, context.Streamed)
            ? second
            : first;
    }
}
