using Morgan.Tests.Chaos.Matrix;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>A gateway in front of a <see cref="HostBench"/>'s hosts, set up with one strategy.</summary>
internal interface IGateway : IAsyncDisposable
{
    /// <summary>Whether its errors have the contract's codes.</summary>
    bool HasCodes { get; }

    /// <summary>The way to the first host alone, or to all three.</summary>
    Route To(Topology topology);

    /// <summary>The same with nobody at the first host's place.</summary>
    Route ToDown(Topology topology);

    /// <summary>Forgets what it knows of the hosts: circuits and cool-downs.</summary>
    Task ForgetAsync();
}
