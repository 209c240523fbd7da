using System.Diagnostics.CodeAnalysis;
using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Plan;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.LlmSimulator.Control;

/// <summary>The simulated host: its name, its models, and the plan that it runs.</summary>
internal sealed class Simulation : IDisposable
{
    private readonly SimulatorOptions _options;
    private readonly ILogger<Simulation> _logger;
    private volatile PlanRun _run;

    /// <summary>Starts the configured plan.</summary>
    public Simulation(IReloading<SimulatorOptions> options, ILogger<Simulation> logger)
    {
        (_options, _logger) = (options.Current, logger);
        Models = _options.Models is [] ? [SimulatorApplication.DefaultModel] : _options.Models;
        Start(_options.Plan);
    }

    /// <summary>Who answers.</summary>
    public string Name => _options.Name;

    /// <summary>What it serves, at least one.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Counts.</summary>
    public SimulatorStats Stats { get; } = new();

    /// <summary>Earlier responses.</summary>
    public ResponseMemory Memory { get; } = new();

    /// <summary>The plan under way.</summary>
    public PlanRun Run => _run;

    /// <summary>Takes up a new plan from its beginning. Requests under way finish under the old one.</summary>
    [MemberNotNull(nameof(_run))]
    public void Start(SimulationPlan plan)
    {
        _run = new PlanRun(plan, Name);
        string faults = plan.Faults.Count == 0 ? "none" : string.Join(", ", plan.Faults.Select(f => f.Kind));
        Log.PlanStarted(_logger, Name, string.Join(", ", Models), plan.Tokens, plan.TimeToFirstTokenMs, plan.InterTokenMs, faults);
    }

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
