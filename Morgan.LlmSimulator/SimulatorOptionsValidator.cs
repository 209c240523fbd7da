using Microsoft.Extensions.Options;
using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator;

/// <summary>Refuses to start with a name or plan that can't be used, naming the key.</summary>
internal sealed class SimulatorOptionsValidator : IValidateOptions<SimulatorOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SimulatorOptions options)
    {
        if (options.Name.Length == 0)
        {
            return ValidateOptionsResult.Fail("Simulator:Name must not be empty");
        }

        return PlanValidator.IsValid(options.Plan, out string? problem)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Simulator:Plan: {problem}");
    }
}
