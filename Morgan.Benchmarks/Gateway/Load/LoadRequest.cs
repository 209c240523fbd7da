using Morgan.Benchmarks.Gateway.Servers;

namespace Morgan.Benchmarks.Gateway.Load;

/// <summary>What is asked, and how long the right answer is.</summary>
/// <param name="Body">The request's body.</param>
/// <param name="IsStream">Whether the answer is a stream, which ends with <c>[DONE]</c>.</param>
/// <param name="AnswerLength">In bytes, without the transfer's own.</param>
internal sealed record LoadRequest(string Body, bool IsStream, int AnswerLength)
{
    /// <summary>The key that is sent.</summary>
    public string Key { get; init; } = MorganGateway.Key;

    /// <summary>Header lines that a server needs beside the usual ones, each with its end.</summary>
    public string Headers { get; init; } = "";

    /// <summary>Whether 429 and 503 are right answers too.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>A chat that is answered with one body.</summary>
    public static LoadRequest Whole { get; } = new(Chat("false"), false, MockHost.WholeLength);

    /// <summary>A chat that is answered with a stream.</summary>
    public static LoadRequest Stream { get; } = new(Chat("true"), true, MockHost.StreamLength);

    /// <summary>A chat that is answered with a stream at the speed of a model.</summary>
    public static LoadRequest Paced { get; } = new(Chat("true"), true, PacedHost.StreamLength);

    /// <summary>A chat that a host with few places answers with one body, if it has one.</summary>
    public static LoadRequest Limited { get; } = new(Chat("false"), false, LimitedHost.AnswerLength) { MayBeRefused = true };

    private static string Chat(string stream) =>
        $$"""{"model":"mock","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Tell me in a few sentences what a circuit breaker is good for."}],"temperature":0.7,"max_tokens":256,"stream":{{stream}}}""";
}
