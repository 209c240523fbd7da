using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks;

/// <summary>A set of measurements of one subject that runs as a whole, in some minutes.</summary>
internal interface ISuite
{
    /// <summary>Its name on the command line and in files.</summary>
    string Name { get; }

    /// <summary>The report's section that it belongs to.</summary>
    string Section { get; }

    /// <summary>The page in docs that the section stands on.</summary>
    string Page => "performance";

    /// <summary>Its heading.</summary>
    string Title { get; }

    /// <summary>What is compared with what, and how.</summary>
    string About { get; }

    /// <summary>Measures.</summary>
    /// <exception cref="BenchmarkException">Something that it needs is not here.</exception>
    Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken);
}
