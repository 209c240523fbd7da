namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>
/// The merges of a SentencePiece BPE model, which its file does not list: every way to put a piece together from two
/// others, those of the highest scores first (generate_merges of transformers).
/// </summary>
internal static class SentencePieceMerges
{
    /// <summary>The merges, most preferred first.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="ids">Their ids.</param>
    public static IReadOnlyList<(int Left, int Right, int Merged)> Of(IReadOnlyList<SentencePiece> pieces, Dictionary<string, int> ids)
    {
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<(int Left, int Right, int Merged, float Score, int LeftLength, int RightLength)>();
        foreach (var (text, merged) in ids)
        {
            var first = found.Count;
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (lookup.TryGetValue(text.AsSpan(0, cut), out var left) && lookup.TryGetValue(text.AsSpan(cut), out var right))
                {
                    found.Add((left, right, merged, pieces[merged].Score, LengthOf(pieces[left].Text), LengthOf(pieces[right].Text)));
                }
            }

            found.Sort(first, found.Count - first, Comparer<(int Left, int Right, int, float, int, int)>.Create(
                (a, b) => (a.Left, a.Right).CompareTo((b.Left, b.Right))));
        }

        // Stable, as Python's sort is: of equal ones the first found comes first.
        return [.. found
            .OrderByDescending(merge => merge.Score).ThenByDescending(merge => merge.LeftLength).ThenByDescending(merge => merge.RightLength)
            .Select(merge => (merge.Left, merge.Right, merge.Merged))];
    }

    private static int LengthOf(string text) => text.EnumerateRunes().Count();
}
