namespace Morgan.Benchmarks.Reporting;

/// <summary>A suite's findings as they are kept, one JSON file each.</summary>
/// <param name="Name">The suite.</param>
/// <param name="Section">The section of the report.</param>
/// <param name="Title">The heading.</param>
/// <param name="About">What is compared with what.</param>
/// <param name="MeasuredAt">When.</param>
/// <param name="Machine">Where.</param>
/// <param name="OthersShare">The share of the machine that other processes used meanwhile, 0 to 1; null: unknown.</param>
/// <param name="Versions">What was measured with.</param>
/// <param name="Measurements">The figures.</param>
internal sealed record SuiteReport(
    string Name,
    string Section,
    string Title,
    string About,
    DateTimeOffset MeasuredAt,
    MachineFacts Machine,
    double? OthersShare,
    IReadOnlyDictionary<string, string> Versions,
    IReadOnlyList<Measurement> Measurements);
