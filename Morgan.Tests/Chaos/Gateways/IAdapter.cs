using Morgan.Tests.Chaos.Matrix;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>Knows how a gateway that runs elsewhere is told of hosts, and how a request says which of them it means.</summary>
internal interface IAdapter
{
    /// <summary>Whether its errors have the contract's codes.</summary>
    bool HasCodes { get; }

    /// <summary>Its configuration file for these hosts; null: it has none.</summary>
    string? Configuration(HostBench bench, Uri target, string strategy);

    /// <summary>The way to the hosts of a model of <see cref="HostBench"/>.</summary>
    Route To(HostBench bench, Uri target, string model);

    /// <summary>Makes it forget circuits and cool-downs, if it has such.</summary>
    Task ForgetAsync(Uri target);
}
