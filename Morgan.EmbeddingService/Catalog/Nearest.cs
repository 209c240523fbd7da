namespace Morgan.EmbeddingService.Catalog;

/// <summary>Finds the name that a mistyped one may have meant.</summary>
internal static class Nearest
{
    // Long names are compared by their first part only: an error message must not cost a client's megabyte squared.
    private const int MaxCompared = 64;

    /// <summary>The name with the fewest edits between it and what was written.</summary>
    public static string To(string written, IEnumerable<string> names) =>
        names.MinBy(name => (Edits(Cut(written), Cut(name)), name)) ?? "";

    private static string Cut(string text) => text.Length > MaxCompared ? text[..MaxCompared] : text;

    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var k = 1; k <= b.Length; k++)
            {
                var substitute = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[k - 1]) ? 0 : 1);
                diagonal = row[k];
                row[k] = Math.Min(substitute, Math.Min(row[k], row[k - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
