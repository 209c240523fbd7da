namespace Morgan.LlmService.Routing;

/// <summary>Finds what a user may have meant by a name that nobody serves.</summary>
internal static class NearestNames
{
    private const int LongestName = 128;
    private const int MostNames = 2_000;
    private const int Shown = 3;

    /// <summary>
    /// The names nearest to <paramref name="name"/>, at most three, the nearest first: those that differ in a few
    /// characters, or of which one is part of the other.
    /// </summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> names) =>
    [
        .. names.Take(MostNames)
            .Where(other => other.Length <= LongestName)
            .Select(other => (Name: other, Distance: Distance(name, other)))
            .Where(other => other.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(other => other.Distance)
            .ThenBy(other => other.Name, StringComparer.Ordinal)
            .Take(Shown)
            .Select(other => other.Name),
    ];

    /// <summary>Edits (insert, delete, replace, swap of neighbours) between the two; 1 where one holds the other.</summary>
    internal static int Distance(string a, string b)
    {
        if (a.Length > LongestName)
        {
            return int.MaxValue;
        }

        if (Math.Min(a.Length, b.Length) >= 3
            && (a.Contains(b, StringComparison.OrdinalIgnoreCase) || b.Contains(a, StringComparison.OrdinalIgnoreCase)))
        {
            return a.Equals(b, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        }

        Span<int> beforeLast = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            last.CopyTo(beforeLast);
            current.CopyTo(last);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
