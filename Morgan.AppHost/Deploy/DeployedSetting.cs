namespace Morgan.AppHost.Deploy;

/// <summary>A setting of a deployed service.</summary>
/// <param name="Variable">The environment variable that holds it there.</param>
/// <param name="Value">Its value; empty for a secret, which is never taken from a developer's file.</param>
/// <param name="SecretParameter">The parameter that whoever deploys is asked for; null: this is no secret.</param>
internal sealed record DeployedSetting(string Variable, string Value, string? SecretParameter = null);
