using Microsoft.Extensions.Options;
using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Control;

/// <summary>The simulated host: its name, its models, and the plan that it runs.</summary>
internal sealed class Simulation : IDisposable
{
    private readonly SimulatorOptions _options;
    private volatile PlanRun _run;

    /// <summary>Starts the configured plan.</summary>
    public Simulation(IOptions<SimulatorOptions> options)
    {
        _options = options.Value;
        _run = new PlanRun(_options.Plan, _options.Name);
    }

    /// <summary>Who answers.</summary>
    public string Name => _options.Name;

    /// <summary>What it serves.</summary>
    public IReadOnlyList<string> Models => _options.Models;

    /// <summary>Counts.</summary>
    public SimulatorStats Stats { get; } = new();

    /// <summary>Earlier responses.</summary>
    public ResponseMemory Memory { get; } = new();

    /// <summary>The plan under way.</summary>
    public PlanRun Run => _run;

    /// <summary>Takes up a new plan from its beginning. Requests under way finish under the old one.</summary>
    public void Start(SimulationPlan plan) => _run = new PlanRun(plan, Name);

    /// <summary>Back to the configured plan, with counts and memory empty.</summary>
    public void Reset()
    {
        Start(_options.Plan);
        Stats.Reset();
        Memory.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();
}
