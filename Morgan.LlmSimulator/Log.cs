namespace Morgan.LlmSimulator;

/// <summary>Everything that the simulator logs.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Information, "{Name} is a simulated host for {Models}: {Tokens} tokens, the first after {FirstMs} ms, then one every {NextMs} ms, faults: {Faults}")]
    public static partial void PlanStarted(ILogger logger, string name, string models, int tokens, int firstMs, int nextMs, string faults);
}
