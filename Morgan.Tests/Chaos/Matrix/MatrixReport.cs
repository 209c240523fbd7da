using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>Tells what a run came to: a table for people, every cell for machines.</summary>
internal static class MatrixReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Fault by row; by column how it was asked for and what failed. A cell says what the client got, or the flaws.</summary>
    public static string Markdown(IReadOnlyList<CellResult> results)
    {
        var columns = results.Select(result => (result.Cell.Mode, result.Cell.Topology)).Distinct().Order().ToList();
        var text = new StringBuilder("| fault |");
        text.AppendJoin("|", columns.Select(column => $" {Name(column.Mode)}, {Name(column.Topology)} ")).AppendLine("|")
            .Append("|---|").Insert(text.Length, "---|", columns.Count).AppendLine();
        foreach (var row in results.GroupBy(result => result.Cell.Scenario.Name))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Key} |");
            text.AppendJoin("|", columns.Select(column => $" {Summary([.. row.Where(r => (r.Cell.Mode, r.Cell.Topology) == column)])} ")).AppendLine("|");
        }

        return text.AppendLine().AppendLine(Totals(results)).ToString();
    }

    /// <summary>One line: how many cells, how many kept the contract, and which flaws were seen how often.</summary>
    public static string Totals(IReadOnlyList<CellResult> results)
    {
        var kept = results.Count(result => result.Flaws.Count == 0);
        var flaws = results.SelectMany(result => result.Flaws).CountBy(flaw => flaw).OrderByDescending(pair => pair.Value)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}"));
        return string.Create(CultureInfo.InvariantCulture, $"{kept} of {results.Count} cells keep the contract. Flaws: {string.Join(", ", flaws.DefaultIfEmpty("none"))}.");
    }

    /// <summary>Every cell.</summary>
    public static string Json(IReadOnlyList<CellResult> results) => JsonSerializer.Serialize(
        results.Select(result => new
        {
            fault = result.Cell.Scenario.Name,
            mode = result.Cell.Mode.ToString(),
            topology = result.Cell.Topology.ToString(),
            strategy = result.Cell.Strategy,
            kept = result.Flaws.Count == 0,
            flaws = result.Flaws.Select(flaw => flaw.ToString()),
            result.Status,
            result.Ended,
            result.Code,
            milliseconds = Math.Round(result.Milliseconds, 1),
            hostRequests = result.HostRequests,
            cancelMilliseconds = result.CancelMilliseconds,
            result.Detail,
        }), Indented);

    private static string Summary(IReadOnlyList<CellResult> cells) => cells.Count == 0 ? "" : string.Join(
        ", ", cells.Where(cell => cell.Flaws.Count == 0).GroupBy(Got).Select(group => Counted(group.Key, group.Count(), cells.Count))
            .Concat(cells.SelectMany(cell => cell.Flaws).CountBy(flaw => flaw).Select(pair => Counted($"**{pair.Key}**", pair.Value, cells.Count))));

    private static string Counted(string what, int count, int of) =>
        count == of ? what : string.Create(CultureInfo.InvariantCulture, $"{what} ({count} of {of})");

    private static string Got(CellResult cell) => cell.Cell.Scenario.ClientLeaves ? "cancelled"
        : cell.Status == 200 && cell.Code is null && cell.Ended == "Whole" ? "answer"
        : cell.Status == 200 ? $"stream, then {cell.Code ?? "the connection breaks"}"
        : string.Create(CultureInfo.InvariantCulture, $"{cell.Status} {cell.Code}").Trim();

    private static string Name(Mode mode) => mode == Mode.Stream ? "stream" : "whole";

    private static string Name(Topology topology) => topology switch
    {
        Topology.One => "one host",
        Topology.OneOfThree => "one of three",
        _ => "all of three",
    };
}
