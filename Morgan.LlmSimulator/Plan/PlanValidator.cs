using System.Diagnostics.CodeAnalysis;

namespace Morgan.LlmSimulator.Plan;

/// <summary>Checks a plan's values, and names the first that is out of range.</summary>
internal static class PlanValidator
{
    private const int MaxFaults = 100;

    /// <summary>Whether the plan can be run; if not, which value is wrong and what it may be.</summary>
    public static bool IsValid(SimulationPlan plan, [NotNullWhen(false)] out string? problem)
    {
        problem = OutOfRange("timeToFirstTokenMs", plan.TimeToFirstTokenMs, 0, 600_000)
            ?? OutOfRange("interTokenMs", plan.InterTokenMs, 0, 60_000)
            ?? OutOfRange("jitter", plan.Jitter, 0, 1)
            ?? OutOfRange("tokens", plan.Tokens, 1, 100_000)
            ?? OutOfRange("maxConcurrent", plan.MaxConcurrent, 0, 1_000_000)
            ?? (plan.Faults is null ? "faults is null" : OutOfRange("number of faults", plan.Faults.Count, 0, MaxFaults));
        for (int i = 0; problem is null && i < plan.Faults!.Count; i++)
        {
            problem = Problem(plan.Faults[i], $"faults[{i}]");
        }

        return problem is null;
    }

    private static string? Problem(Fault? fault, string name)
    {
        if (fault is null)
        {
            return $"{name} is null";
        }

        if (!FaultKinds.All.Contains(fault.Kind, StringComparer.Ordinal))
        {
            return $"{name}.kind '{fault.Kind}' is not one of {string.Join(", ", FaultKinds.All)}";
        }

        return OutOfRange($"{name}.rate", fault.Rate, 0, 1)
            ?? OutOfRange($"{name}.count", fault.Count ?? 1, 1, int.MaxValue)
            ?? OutOfRange($"{name}.status", fault.Status, 400, 599)
            ?? OutOfRange($"{name}.retryAfterSeconds", fault.RetryAfterSeconds ?? 1, 1, 86_400)
            ?? OutOfRange($"{name}.afterEvents", fault.AfterEvents, 0, int.MaxValue)
            ?? OutOfRange($"{name}.delayMs", fault.DelayMs, 0, 600_000);
    }

    private static string? OutOfRange(string name, double value, double least, double most) =>
        value >= least && value <= most ? null : FormattableString.Invariant($"{name} is {value}; it must be from {least} to {most}");
}
