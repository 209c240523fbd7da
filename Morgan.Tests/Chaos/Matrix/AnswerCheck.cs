using System.Text.Json;
using Morgan.Tests.Chaos.Wire;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>Holds one answer against what was expected.</summary>
/// <param name="mode">How it was asked for.</param>
/// <param name="hasCodes">Whether the gateway's errors have the contract's codes; else any status of the same class will do.</param>
internal sealed class AnswerCheck(Mode mode, bool hasCodes)
{
    private static readonly int[] HostTroubles = [408, 429, 500, 502, 503, 504];

    /// <summary>What is wrong with it.</summary>
    /// <param name="answer">What came.</param>
    /// <param name="expected">What should have come.</param>
    /// <param name="right">The right answers, one for each host that may give one.</param>
    public IEnumerable<Flaw> Of(RawAnswer answer, Expected expected, IReadOnlyList<string> right)
    {
        if (answer.End == RawEnd.Hang)
        {
            return [Flaw.Hang];
        }

        if (answer.Status == 0)
        {
            return [Flaw.NoAnswer];
        }

        if (answer.Surplus > 0)
        {
            return [Flaw.TwoAnswers];
        }

        if (EventText.Of(answer.Body) is not { } text)
        {
            return [Flaw.BrokenBytes];
        }

        return expected.Ending switch
        {
            Ending.Answer => Answer(answer, text, right),
            Ending.Refusal => Refusal(answer, text, expected, right),
            _ => Interruption(answer, text, expected, right),
        };
    }

    private IEnumerable<Flaw> Answer(RawAnswer answer, string text, IReadOnlyList<string> right)
    {
        if (answer.Status != 200)
        {
            return [HostTroubles.Contains(answer.Status) ? Flaw.NoFailover : Flaw.WrongStatus];
        }

        if (answer.End != RawEnd.Whole)
        {
            return [Flaw.BreaksOff];
        }

        if (mode == Mode.Whole)
        {
            return right.Contains(text) ? [] : [Unlike(text, right)];
        }

        var events = EventText.Events(text);
        return events.Count(e => e == EventText.Done) > 1 ? [Flaw.TwoAnswers]
            : right.Any(one => Once(one).SequenceEqual(events)) ? []
            : [Unlike(text, right)];
    }

    private IEnumerable<Flaw> Refusal(RawAnswer answer, string text, Expected expected, IReadOnlyList<string> right)
    {
        if (answer.End != RawEnd.Whole)
        {
            return [Flaw.BreaksOff];
        }

        if (answer.Status == 200)
        {
            return [text.Contains("\"error\"", StringComparison.Ordinal) ? Flaw.WrongStatus : Unlike(text, right)];
        }

        // A gateway that knows no contract may well pass on what the host said.
        var isRight = answer.Status == expected.Status
            || (!hasCodes && HostTroubles.Contains(expected.Status) && (HostTroubles.Contains(answer.Status) || answer.Status == 401));
        return !isRight ? [Flaw.WrongStatus] : hasCodes && !HasCode(text, expected.Code) ? [Flaw.WrongCode] : [];
    }

    // The beginning of a right answer is a truncation; anything else is garbage, or right bytes gone wrong.
    private Flaw Unlike(string text, IReadOnlyList<string> right)
    {
        if (mode == Mode.Whole)
        {
            return right.Any(one => one.StartsWith(text, StringComparison.Ordinal)) ? Flaw.SilentTruncation : Flaw.Garbage;
        }

        var events = EventText.Events(text).Where(e => e.Length > 0).ToList();
        return !events.Contains(EventText.Done) && (Begins(events, right) || Begins(events.SkipLast(1), right)) ? Flaw.SilentTruncation
            : events.Count > 0 && Begins(events.Take(1), right) ? Flaw.BrokenBytes
            : Flaw.Garbage;
    }

    // The host's own events, all of them, then one that says what happened, then the end.
    private IEnumerable<Flaw> Interruption(RawAnswer answer, string text, Expected expected, IReadOnlyList<string> right)
    {
        if (answer.Status != 200)
        {
            return [Flaw.WrongStatus];
        }

        var events = EventText.Events(text);
        if (answer.End != RawEnd.Whole)
        {
            // A broken connection tells a client that something is missing, if not what.
            return hasCodes ? [Flaw.BreaksOff] : Begins(events.SkipLast(1), right) ? [] : [Flaw.BrokenBytes];
        }

        var error = events.Count >= 3 && events[^2] == EventText.Done ? events[^3] : events.Count >= 2 ? events[^2] : "";
        if (!error.Contains("\"error\"", StringComparison.Ordinal))
        {
            return [Unlike(text, right)];
        }

        if (hasCodes && (events[^1].Length > 0 || events[^2] != EventText.Done || !HasCode(error["data: ".Length..], expected.Code) || !HasUsage(error)))
        {
            return [Flaw.WrongCode];
        }

        var before = events.TakeWhile(e => e != error).ToList();
        return Begins(before, right) && (!hasCodes || before.Count == Contract.EventsBefore) ? [] : [Flaw.BrokenBytes];
    }

    private static bool Begins(IEnumerable<string> events, IReadOnlyList<string> right)
    {
        var list = events.ToList();
        return right.Any(one => EventText.Events(one).Take(list.Count).SequenceEqual(list));
    }

    // A host that says twice that it is done has said it.
    private static IEnumerable<string> Once(string text)
    {
        var events = EventText.Events(text);
        return events.Where((e, i) => e != EventText.Done || events.Take(i).All(earlier => earlier != EventText.Done));
    }

    private static bool HasCode(string json, string? code)
    {
        try
        {
            var error = JsonDocument.Parse(json).RootElement.GetProperty("error");
            return error.GetProperty("message").GetString() is { Length: > 0 } && (code is null || error.GetProperty("code").GetString() == code);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool HasUsage(string error)
    {
        var usage = JsonDocument.Parse(error["data: ".Length..]).RootElement.GetProperty("usage");
        return usage.GetProperty("prompt_tokens").GetInt64() > 0
            && usage.GetProperty("total_tokens").GetInt64() == usage.GetProperty("prompt_tokens").GetInt64() + usage.GetProperty("completion_tokens").GetInt64();
    }
}
