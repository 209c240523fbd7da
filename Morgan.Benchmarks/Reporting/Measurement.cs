namespace Morgan.Benchmarks.Reporting;

/// <summary>One figure, measured several times.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Its unit; empty for a ratio.</param>
/// <param name="Repetitions">The figure of each repetition, in the order of time.</param>
/// <param name="Goal">What it ought to be; null: it is only told.</param>
internal sealed record Measurement(string Name, string Unit, IReadOnlyList<double> Repetitions, Goal? Goal = null)
{
    /// <summary>Other figures of the same measurement, by what they are: medians over the repetitions.</summary>
    public IReadOnlyDictionary<string, double> Details { get; init; } = new Dictionary<string, double>();

    /// <summary>The median of the repetitions.</summary>
    public double Median => Quantile(0.5);

    /// <summary>A quarter of the repetitions are below.</summary>
    public double LowQuartile => Quantile(0.25);

    /// <summary>A quarter of the repetitions are above.</summary>
    public double HighQuartile => Quantile(0.75);

    /// <summary>Whether the median meets the goal; null without one.</summary>
    public bool? IsMet => Goal?.IsMetBy(Median);

    /// <summary>A ratio of two figures that were measured in pairs.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="goal">What the ratio ought to be.</param>
    /// <param name="ours">Morgan's figures.</param>
    /// <param name="ourName">What they are, with their unit.</param>
    /// <param name="others">The other's, of the same repetitions.</param>
    /// <param name="otherName">What they are.</param>
    public static Measurement Ratio(
        string name, Goal? goal, IReadOnlyList<double> ours, string ourName, IReadOnlyList<double> others, string otherName) =>
        new(name, "", [.. ours.Zip(others, (a, b) => a / b)], goal)
        {
            Details = new Dictionary<string, double> { [ourName] = MedianOf(ours), [otherName] = MedianOf(others) },
        };

    /// <summary>The median of some figures.</summary>
    public static double MedianOf(IEnumerable<double> figures) => new Measurement("", "", [.. figures]).Median;

    // Between two figures, a share of both.
    private double Quantile(double share)
    {
        double[] sorted = [.. Repetitions.Order()];
        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below + ((above - below) * (place - Math.Floor(place)));
    }
}
