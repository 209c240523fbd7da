namespace Morgan.Tests.Chaos.Matrix;

/// <summary>What the contract says a request comes to when every host it can go to fails in the same way.</summary>
/// <param name="Ending">What the client sees.</param>
/// <param name="Status">The status.</param>
/// <param name="Code">The error's code; null: the host's own.</param>
/// <param name="FailsOver">Whether a host that does not fail answers instead, unseen by the client.</param>
internal sealed record Expected(Ending Ending, int Status, string? Code, bool FailsOver)
{
    /// <summary>The host's answer.</summary>
    public static Expected Answer { get; } = new(Ending.Answer, 200, null, FailsOver: false);

    /// <summary>The host's answer, once it has refused first.</summary>
    public static Expected AnswerAfterAll { get; } = new(Ending.Answer, 200, null, FailsOver: true);

    /// <summary>The client has left.</summary>
    public static Expected Abandoned { get; } = new(Ending.Abandoned, 0, null, FailsOver: false);

    /// <summary>The host's refusal is the client's answer: another host would say the same.</summary>
    public static Expected PassedOn(int status) => new(Ending.Refusal, status, null, FailsOver: false);

    /// <summary>Another host is tried; when there is none, an error with this code, or the last host's own.</summary>
    public static Expected TriedElsewhere(int status, string? code = null) => new(Ending.Refusal, status, code, FailsOver: true);

    /// <summary>The answer has begun, so nobody else is asked.</summary>
    public static Expected Interrupted(string code) => new(Ending.Interruption, 200, code, FailsOver: false);
}
