namespace Morgan.LlmService.Status;

/// <summary>An attempt, for the status page: where a request was sent, why, and what came of it.</summary>
/// <param name="At">When it began.</param>
/// <param name="Host">The host that was picked.</param>
/// <param name="Attempt">1 for the request's first.</param>
/// <param name="Cause"><c>first</c>, <c>failover</c>, <c>retry</c> or <c>hedge</c>.</param>
/// <param name="Strategy">How the host was picked.</param>
/// <param name="Circuit">The state of its circuit then.</param>
/// <param name="Outcome">What it came to; null: not known.</param>
/// <param name="Error">The status or the reason of a failure; null: there was none.</param>
/// <param name="Milliseconds">Until that was known.</param>
internal sealed record Decision(
    DateTime At, string? Host, int Attempt, string? Cause, string? Strategy, string? Circuit, string? Outcome, string? Error, double Milliseconds);
