using System.Globalization;

namespace Morgan.Benchmarks.Reporting;

/// <summary>What a figure ought to be.</summary>
/// <param name="Value">The bound.</param>
/// <param name="IsUpper">Whether the figure must not exceed it; else it must not fall below.</param>
internal sealed record Goal(double Value, bool IsUpper)
{
    /// <summary>At least so much.</summary>
    public static Goal AtLeast(double value) => new(value, IsUpper: false);

    /// <summary>At most so much.</summary>
    public static Goal AtMost(double value) => new(value, IsUpper: true);

    /// <summary>Whether a figure is good enough.</summary>
    public bool IsMetBy(double figure) => IsUpper ? figure <= Value : figure >= Value;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsUpper ? "≤" : "≥")} {Value:0.##}");
}
