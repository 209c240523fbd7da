using System.Collections.Concurrent;
using Morgan.Upstreams.Attempts;

namespace Morgan.Tests.Upstreams.Engine;

/// <summary>Writes down what an observer hears.</summary>
internal sealed class AttemptLog : IAttemptObserver
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string[] Lines => [.. _lines];

    public void AttemptStarted(in AttemptInfo attempt) =>
        _lines.Enqueue($"{attempt.Number} {attempt.Cause} {attempt.Host.Name}");

    public void AttemptEnded(in AttemptInfo attempt, AttemptOutcome outcome, TimeSpan elapsed) =>
        _lines.Enqueue($"{attempt.Number} {outcome.Kind}{(outcome.Reason == FailureReason.None ? "" : $" {outcome.Reason}")}");
}
