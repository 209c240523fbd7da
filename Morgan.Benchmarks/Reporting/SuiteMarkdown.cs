using System.Globalization;
using System.Text;

namespace Morgan.Benchmarks.Reporting;

/// <summary>Writes a suite's findings as Markdown.</summary>
internal static class SuiteMarkdown
{
    /// <summary>The suite's heading, what was done where, and the table.</summary>
    public static string Of(SuiteReport suite)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"### {suite.Title}\n\n{suite.About}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"`dotnet run -c Release --project Morgan.Benchmarks -- {suite.Name}` on {suite.MeasuredAt:yyyy-MM-dd HH:mm} UTC: {Where(suite)}\n\n");
        string[] details = [.. suite.Measurements.SelectMany(measurement => measurement.Details.Keys).Distinct()];
        Row(text, ["what", .. details, "median", "quartiles", "goal", ""]);
        Row(text, ["---", .. details.Select(_ => "---:"), "---:", "---:", "---:", "---"]);
        foreach (var measurement in suite.Measurements)
        {
            Row(text, [
                measurement.Name,
                .. details.Select(name => measurement.Details.TryGetValue(name, out var figure) ? Number(figure) : ""),
                $"**{Number(measurement.Median)}{Unit(measurement)}**",
                $"{Number(measurement.LowQuartile)} – {Number(measurement.HighQuartile)} ({measurement.Repetitions.Count})",
                measurement.Goal is { } goal ? $"{goal}{Unit(measurement)}" : "",
                measurement.IsMet switch { true => "met", false => "**missed**", null => "" },
            ]);
        }

        return text.Append('\n').ToString();
    }

    private static string Unit(Measurement measurement) => measurement.Unit.Length == 0 ? "" : $" {measurement.Unit}";

    private static string Where(SuiteReport suite)
    {
        var machine = suite.Machine;
        var vnni = machine.HasVnni ? "with VNNI" : "without VNNI";
        var versions = string.Concat(suite.Versions.Select(version => $", {version.Key} {version.Value}"));
        var others = suite.OthersShare is { } share ? string.Create(CultureInfo.InvariantCulture, $" Other processes took {share:0 %} of the machine meanwhile.") : "";
        return $"{machine.Processor}, {machine.Cores} cores, {vnni}; {machine.OperatingSystem}; {machine.Runtime}{versions}.{others}";
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    // Three digits or so, and no more; whole numbers as they are.
    private static string Number(double figure) => figure.ToString(
        Math.Abs(figure) switch { >= 1000 => "N0", >= 100 => "0", >= 10 => "0.#", >= 0.1 => figure == Math.Floor(figure) ? "0" : "0.00", _ => "0.####" }, CultureInfo.InvariantCulture);
}
