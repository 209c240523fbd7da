namespace Morgan.Tests.Chaos.Matrix;

/// <summary>A row of the contract: a fault, and what it comes to.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Fault">The fault as the simulator's plan has it; null: none.</param>
/// <param name="Whole">What an answer in one piece comes to.</param>
/// <param name="Stream">What a stream comes to.</param>
internal sealed record Scenario(string Name, object? Fault, Expected Whole, Expected Stream)
{
    /// <summary>The fault changes the answer, and the changed answer is the right one.</summary>
    public bool ChangesAnswer { get; init; }

    /// <summary>The client asks for usage in streams.</summary>
    public bool AsksUsage { get; init; }

    /// <summary>Requests come only when the gateway has had time to see health checks fail.</summary>
    public bool ShowsInHealthChecks { get; init; }

    /// <summary>Nothing listens at the host's address.</summary>
    public bool HostIsDown { get; init; }

    /// <summary>The client leaves while the host works.</summary>
    public bool ClientLeaves { get; init; }

    /// <summary>The least time that the answer must take: a host's wish to be left alone that long.</summary>
    public TimeSpan NotBefore { get; init; }

    /// <summary>What a request in this mode comes to.</summary>
    public Expected Of(Mode mode) => mode == Mode.Stream ? Stream : Whole;
}
