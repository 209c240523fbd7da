namespace Morgan.Tests.Chaos.Gateways;

/// <summary>How a request finds the hosts that it is meant for.</summary>
/// <param name="Address">The gateway.</param>
/// <param name="Path">Of chat completions there.</param>
/// <param name="Model">The model to ask for.</param>
/// <param name="Headers">To be sent too.</param>
internal sealed record Route(Uri Address, string Path, string Model, IReadOnlyDictionary<string, string> Headers);
