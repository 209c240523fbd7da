using System.Text.RegularExpressions;

namespace Morgan.EmbeddingService.Tokenizers.Patterns;

/// <summary>The matches of a pattern in a text, as places in that text.</summary>
internal ref struct PatternMatches
{
    private readonly ReadOnlySpan<int> _places;
    private Regex.ValueMatchEnumerator _matches;

    /// <param name="matches">The matches in what stood for the text.</param>
    /// <param name="places">The place in the text of each character that stood for it; empty where it was the text itself.</param>
    public PatternMatches(Regex.ValueMatchEnumerator matches, ReadOnlySpan<int> places)
    {
        _matches = matches;
        _places = places;
    }

    /// <summary>Goes on to the next match.</summary>
    /// <param name="start">Where it starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>Whether there is one.</returns>
    public bool Next(out int start, out int end)
    {
        if (!_matches.MoveNext())
        {
            start = end = 0;
            return false;
        }

        start = _matches.Current.Index;
        end = start + _matches.Current.Length;
        if (!_places.IsEmpty)
        {
            (start, end) = (_places[start], _places[end]);
        }

        return true;
    }
}
