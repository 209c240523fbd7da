using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>Unicode's normalization forms D, KD, C and KC (UAX #15), in time linear in the text.</summary>
internal static class UnicodeForms
{
    private static readonly UnicodeTables Tables = UnicodeTables.Instance;

    /// <summary>Appends the full decomposition of a code point, without ordering its marks.</summary>
    public static void Decompose(int codePoint, bool compatible, CodePointBuffer output)
    {
        if (Hangul.IsSyllable(codePoint))
        {
            Hangul.Decompose(codePoint, output);
            return;
        }

        var to = compatible ? Tables.Compatible.Of(codePoint) : [];
        if (to.IsEmpty)
        {
            to = Tables.Canonical.Of(codePoint);
        }

        if (to.IsEmpty)
        {
            output.Add(codePoint);
        }

        foreach (var part in to)
        {
            output.Add(part);
        }
    }

    /// <summary>Brings a buffer into a form.</summary>
    public static void Normalize(TextBuffer buffer, bool compatible, bool compose)
    {
        // Nothing below changes, and marks, which may reorder, all lie above.
        var firstChanged = compatible ? '\u00A0' : compose ? '\u0300' : '\u00C0';
        ReadOnlySpan<char> text = buffer.Text;
        var from = text.IndexOfAnyExceptInRange('\0', (char)(firstChanged - 1));
        if (from < 0)
        {
            return;
        }

        // The character before may take part in a composition.
        from = Math.Max(0, from - 1);
        var points = CodePointBuffer.Rent();
        for (var i = from; i < text.Length;)
        {
            Decompose(CodePoints.At(text, i, out var length), compatible, points);
            i += length;
        }

        OrderMarks(points);
        if (compose)
        {
            Compose(points);
        }

        buffer.Begin();
        buffer.Append(text[..from]);
        foreach (var codePoint in points.Items)
        {
            buffer.AppendCodePoint(codePoint);
        }

        buffer.Commit();
        CodePointBuffer.Return(points);
    }

    /// <summary>Sorts every run of marks by combining class, leaving equal ones in place.</summary>
    public static void OrderMarks(CodePointBuffer points)
    {
        var items = points.Items;
        for (var i = 0; i < items.Length;)
        {
            if (items[i] < 0x300 || Tables.CombiningRank[items[i]] == 0)
            {
                i++;
                continue;
            }

            var from = i;
            var sorted = true;
            var last = 0;
            for (int rank; i < items.Length && (rank = Tables.CombiningRank[items[i]]) != 0; i++)
            {
                sorted &= rank >= last;
                last = rank;
            }

            if (!sorted)
            {
                SortByRank(items[from..i]);
            }
        }
    }

    private static void SortByRank(Span<int> marks)
    {
        var keys = new long[marks.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)Tables.CombiningRank[marks[i]] << 32) | (uint)i;
        }

        keys.AsSpan().Sort(marks);
    }

    private static void Compose(CodePointBuffer points)
    {
        var items = points.Items;
        var written = 0;
        var starter = -1;
        var lastRank = 0;
        foreach (var codePoint in items)
        {
            var rank = codePoint < 0x300 ? 0 : Tables.CombiningRank[codePoint];
            // A mark reaches back to its starter unless one of its own or a higher class stands between.
            var adjacent = starter >= 0 && starter == written - 1;
            if (starter >= 0 && (adjacent || (lastRank != 0 && lastRank < rank)))
            {
                var composed = ComposePair(items[starter], codePoint);
                if (composed >= 0)
                {
                    items[starter] = composed;
                    continue;
                }
            }

            if (rank == 0)
            {
                starter = written;
            }

            lastRank = rank;
            items[written++] = codePoint;
        }

        points.Truncate(written);
    }

    private static int ComposePair(int first, int second)
    {
        if (second < 0x300)
        {
            return -1;
        }

        var syllable = Hangul.Compose(first, second);
        return syllable >= 0 ? syllable
            : Tables.Compositions.TryGetValue(((long)first << 32) | (uint)second, out var composed) ? composed : -1;
    }
}
