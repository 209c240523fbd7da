using System.Globalization;

namespace Morgan.Tests.Chaos.Soak;

/// <summary>
/// Whether something grows: the median of the last third of the samples against that of the second. The first third is
/// for warming up: code is compiled, caches and pools fill.
/// </summary>
internal static class Growth
{
    private const double MostShare = 0.1;

    private static readonly (string Name, Func<Sample, long> Of, long Allowance)[] Measures =
    [
        ("resident bytes", sample => sample.ResidentBytes, 24 << 20),
        ("handles", sample => sample.Handles, 24),
        ("sockets", sample => sample.Sockets, 24),
        ("threads", sample => sample.Threads, 12),
        ("queued", sample => sample.Queued, 8),
    ];

    /// <summary>A table row for each process and measure, and those that grew.</summary>
    public static (IReadOnlyList<string> Rows, IReadOnlyList<string> Grown) Of(IReadOnlyList<Sample> samples)
    {
        List<string> rows = [];
        List<string> grown = [];
        foreach (var process in samples.GroupBy(sample => sample.Process))
        {
            var list = process.ToList();
            var third = list.Count / 3;
            foreach (var (name, of, allowance) in Measures)
            {
                var (early, late) = (Median(list[third..(2 * third)], of), Median(list[(2 * third)..], of));
                rows.Add(string.Create(CultureInfo.InvariantCulture, $"| {process.Key} | {name} | {early:N0} | {late:N0} | {list.Max(of):N0} |"));
                if (late - early > Math.Max(allowance, early * MostShare))
                {
                    grown.Add(string.Create(CultureInfo.InvariantCulture, $"{process.Key}: {name} grew from {early:N0} to {late:N0}"));
                }
            }
        }

        return (rows, grown);
    }

    private static long Median(List<Sample> samples, Func<Sample, long> of)
    {
        var values = samples.Select(of).Order().ToList();
        return values.Count == 0 ? 0 : values[values.Count / 2];
    }
}
