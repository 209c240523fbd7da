using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Relay;

/// <summary>One request on its way to its answer.</summary>
/// <param name="Http">Request and response.</param>
/// <param name="Reply">What is to be written.</param>
/// <param name="Fault">What is to go wrong; null for nothing.</param>
/// <param name="Pacer">When each step is done.</param>
internal sealed record Exchange(HttpContext Http, IReply Reply, Fault? Fault, Pacer Pacer)
{
    /// <summary>The fault's kind; null without one.</summary>
    public string? FaultKind => Fault?.Kind;

    /// <summary>The client has gone.</summary>
    public CancellationToken ClientGone => Http.RequestAborted;
}
