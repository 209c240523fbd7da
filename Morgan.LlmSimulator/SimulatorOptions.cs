using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator;

/// <summary>Configuration section <c>Simulator</c>.</summary>
internal sealed class SimulatorOptions
{
    /// <summary>Who the host says it is; default <c>simulator</c>.</summary>
    public string Name { get; set; } = "simulator";

    /// <summary>Names of the models that it serves, all alike; none configured: <c>morgan-sim</c>.</summary>
    public IReadOnlyList<string> Models { get; set; } = [];

    /// <summary>The plan at start, to which <c>POST /simulator/reset</c> returns.</summary>
    public SimulationPlan Plan { get; set; } = new();

    /// <summary>What is wrong with the values, by key.</summary>
    public static IEnumerable<string> Check(SimulatorOptions options)
    {
        if (options.Name.Length == 0)
        {
            yield return "Simulator:Name: must not be empty";
        }

        if (!PlanValidator.IsValid(options.Plan, out string? problem))
        {
            yield return $"Simulator:Plan: {problem}";
        }
    }
}
