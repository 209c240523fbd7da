using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>One attempt, for its observer.</summary>
/// <param name="Number">1 for the request's first.</param>
/// <param name="Cause">Why there is one.</param>
/// <param name="Host">Where it goes.</param>
/// <param name="Model">The host's own name of the model.</param>
public readonly record struct AttemptInfo(int Number, AttemptCause Cause, Host Host, string? Model);
