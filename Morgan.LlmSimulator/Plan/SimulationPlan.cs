namespace Morgan.LlmSimulator.Plan;

/// <summary>How a simulated host behaves. Configuration section <c>Simulator:Plan</c>, body of <c>PUT /simulator/plan</c>.</summary>
internal sealed record SimulationPlan
{
    /// <summary>Texts, timing and chance of faults follow from it; the same requests in the same order get the same. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Time to the first token in milliseconds, 0 to 600,000; default 200.</summary>
    public int TimeToFirstTokenMs { get; init; } = 200;

    /// <summary>Time between two tokens in milliseconds, 0 to 60,000; default 20.</summary>
    public int InterTokenMs { get; init; } = 20;

    /// <summary>Share by which each of these times varies at random, up and down, 0 to 1; default 0.2.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Tokens of an answer that the request does not shorten, 1 to 100,000; default 64.</summary>
    public int Tokens { get; init; } = 64;

    /// <summary>
    /// Answers generated at a time; 0, the default, is no limit. As with Ollama and vLLM the rest wait their turn
    /// (up to 512, then 503), so that an overloaded host shows by its time to first token.
    /// </summary>
    public int MaxConcurrent { get; init; }

    /// <summary>The first that matches a request applies to it; at most 100.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];
}
