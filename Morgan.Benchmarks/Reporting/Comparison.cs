using System.Globalization;
using System.Text;

namespace Morgan.Benchmarks.Reporting;

/// <summary>
/// A run beside the committed report. Ratios alone are compared: absolute figures are the machine's, the ratio of two that
/// were measured in pairs ought to be the same again.
/// </summary>
internal static class Comparison
{
    /// <summary>A ratio that differs by no more than this part is the same again.</summary>
    public const double Tolerance = 0.1;

    /// <summary>The ratios of both runs and how far they are apart, as Markdown.</summary>
    /// <param name="report">The committed findings.</param>
    /// <param name="now">Those of this run.</param>
    public static string Of(SuiteReport report, SuiteReport now)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Against the report of {report.MeasuredAt:yyyy-MM-dd HH:mm} UTC");
        text.Append(IsSameKind(report.Machine, now.Machine) ? ", on the same kind of machine:\n\n" : $", on another kind of machine ({report.Machine.Processor}), so ratios may differ:\n\n");
        text.Append("| ratio | report | now | change |  |\n| --- | ---: | ---: | ---: | --- |\n");
        foreach (var (name, before, after) in Pairs(report, now))
        {
            var change = (after / before) - 1;
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {before:0.00} | {after:0.00} | {change:+0 %;-0 %;0 %} | {(Math.Abs(change) <= Tolerance ? "the same" : "**differs**")} |\n");
        }

        return text.Append('\n').ToString();
    }

    private static bool IsSameKind(MachineFacts report, MachineFacts now) => (report.Processor, report.Cores) == (now.Processor, now.Cores);

    private static IEnumerable<(string Name, double Before, double After)> Pairs(SuiteReport report, SuiteReport now) =>
        from after in now.Measurements
        where after.Unit.Length == 0
        join before in report.Measurements on after.Name equals before.Name
        select (after.Name, before.Median, after.Median);
}
