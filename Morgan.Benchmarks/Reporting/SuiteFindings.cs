namespace Morgan.Benchmarks.Reporting;

/// <summary>What a suite found.</summary>
/// <param name="Measurements">The figures.</param>
/// <param name="Versions">What was measured with, beside .NET: name and version.</param>
internal sealed record SuiteFindings(IReadOnlyList<Measurement> Measurements, IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>The share of the machine that other processes took, where the suite has to look for itself; null: over all of its time.</summary>
    public double? OthersShare { get; init; }

    /// <summary>False: what was found does not depend on how fast this machine is, nor on what else it does.</summary>
    public bool IsTimed { get; init; } = true;
}
