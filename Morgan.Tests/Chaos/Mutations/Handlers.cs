namespace Morgan.Tests.Chaos.Mutations;

/// <summary>The fault handlers that are removed, one at a time, to see the matrix turn red.</summary>
internal static class Handlers
{
    private const string Outcomes = "Morgan.Upstreams/Attempts/OutcomeTable.cs";
    private const string Run = "Morgan.Upstreams/Attempts/AttemptRun.cs";
    private const string StreamAttempt = "Morgan.LlmService/Relay/StreamAttempt.cs";
    private const string StreamRelay = "Morgan.LlmService/Relay/StreamRelay.cs";
    private const string WholeAttempt = "Morgan.LlmService/Relay/WholeAttempt.cs";
    private const string ChunkTracker = "Morgan.LlmService/Relay/ChunkTracker.cs";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("a redirect is no answer", Outcomes, "401 or 403 or (>= 300 and < 400) =>", "401 or 403 =>"),
        new("a refused key is the host's fault", Outcomes, "401 or 403 or (>= 300 and < 400) =>", ">= 300 and < 400 =>"),
        new("429 goes to another host", Outcomes, "429 => AttemptOutcome.RateLimited(RetryAfter.Read(response, time)),", ""),
        new("Retry-After is kept to", Outcomes, "AttemptOutcome.RateLimited(RetryAfter.Read(response, time))", "AttemptOutcome.RateLimited(TimeSpan.FromMilliseconds(1))"),
        new("408 goes to another host", Outcomes, "408 or >= 500 =>", ">= 500 =>"),
        new("5xx goes to another host", Outcomes, "408 or >= 500 =>", "408 =>"),
        new("a client's error is not retried", Outcomes, "outcome.Kind is OutcomeKind.RateLimited or", "outcome.Kind is OutcomeKind.ClientError or OutcomeKind.RateLimited or"),
        new("no connection is told from a broken answer", Outcomes, "} => FailureReason.Connect,", "} => FailureReason.BrokenBody,"),
        new("an answer must begin in time", Run, "var stage = StageLimit.Of(lease.Host, request.Streamed);", "var stage = TimeSpan.FromHours(1);"),
        new("a client that leaves ends the attempt", Run, "_registration = caller.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), _timer);", "_registration = default;"),
        new("broken JSON is no answer", WholeAttempt, "return AttemptOutcome.Failed(FailureReason.BrokenBody);\n        }\n\n        // A response", "return AttemptOutcome.Success;\n        }\n\n        // A response"),
        new("an error with status 200 is no answer", WholeAttempt, "return Answer.Error is not { } error ||", "return Answer.Error is not { } error || error is not null ||"),
        new("half an answer must go on in time", WholeAttempt, "await guard.ReadAsync(_host!, _body.GetMemory());", "await _host!.ReadAsync(_body.GetMemory(), guard.Token);"),
        new("a stream that is none is no answer", StreamAttempt, """if (!HostAnswer.Is(response, "text/event-stream"))""", "if (_host is not null)"),
        new("an error as first event is no answer", StreamAttempt, "EventVerdict.Error => AttemptOutcome.Failed(FailureReason.ErrorInStream),", "EventVerdict.Error => AttemptOutcome.Success,"),
        new("a stream must go on in time", StreamAttempt, "guard.ReadAsync(_host!, _buffer.GetMemory());", "_host!.ReadAsync(_buffer.GetMemory(), guard.Token);"),
        new("an error in a stream ends it", StreamRelay, "case EventVerdict.Error or EventVerdict.Malformed:", "case EventVerdict.Malformed:"),
        new("a broken event ends the stream", StreamRelay, "case EventVerdict.Error or EventVerdict.Malformed:", "case EventVerdict.Error:"),
        new("an end without [DONE] is told", StreamRelay, "if (rest is EventVerdict.Error || !attempt.Tracker.IsComplete)", "if (rest is EventVerdict.Error)"),
        new("a broken connection is told", StreamRelay, "if (outcome.Kind != OutcomeKind.Success)\n            {\n                await EndAsync", "if (outcome.Kind != OutcomeKind.Success && outcome.Reason != FailureReason.BrokenBody)\n            {\n                await EndAsync"),
        new("one [DONE] is passed on", StreamRelay, "case EventVerdict.Last:\n                    return AttemptOutcome.Success;", "case EventVerdict.Last:\n                    last = EventVerdict.Comment;\n                    break;"),
        new("usage that was not asked for stays here", ChunkTracker, "return !trimUsage ? EventVerdict.Data", "return trimUsage || !trimUsage ? EventVerdict.Data"),
    ];
}
