using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>
/// Unigram (SentencePiece's default; XLM-R, T5, ALBERT, Universal Sentence Encoder): of all ways to cut a piece into
/// vocabulary entries, the one with the highest sum of scores. Runs of unknown characters become one unknown token.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private readonly UnigramVocabulary _vocabulary;
    private readonly UnigramPaths _paths;
    private readonly bool[] _isWhole;

    /// <param name="vocabulary">The entries and their scores.</param>
    public UnigramModel(UnigramVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _paths = new UnigramPaths(vocabulary);
        _isWhole = _paths.FindWholeEntries();
    }

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Tokens.Length;

    /// <inheritdoc/>
    public int TokenCount => _vocabulary.Tokens.Length;

    /// <inheritdoc/>
    public int? IdOf(string token) => _vocabulary.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => (uint)id < (uint)_vocabulary.Tokens.Length ? _vocabulary.Tokens[id] : null;

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> text, ReadOnlySpan<Piece> pieces, TokenBuffer output)
    {
        var lattice = UnigramLattice.Rent(_vocabulary.Rule);
        foreach (var piece in pieces)
        {
            Tokenize(text.Slice(piece.Start, piece.Length), lattice, output);
        }

        UnigramLattice.Return(lattice);
    }

    private void Tokenize(ReadOnlySpan<char> text, UnigramLattice lattice, TokenBuffer output)
    {
        lattice.Start(score: 0);
        var unknown = new UnknownRun(_vocabulary, text, output);
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = EndOfWord(text, start);
            var whole = _vocabulary.Trie.Find(text[start..end]);
            if (whole >= 0 && _isWhole[whole])
            {
                unknown.End(start);
                output.Add(whole);
                lattice.Start(lattice.ScoreAt(0) + _vocabulary.Scores[whole]);
            }
            else
            {
                TokenizeWord(text[start..end], start, lattice, ref unknown);
            }
        }

        unknown.End(text.Length);
    }

    /// <summary>Where the next "▁" stands, if no entry reaches over one: what lies between two is decided by itself.</summary>
    private int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        if (!_vocabulary.MarksStartWords)
        {
            return text.Length;
        }

        var length = text[(start + 1)..].IndexOf(UnigramVocabulary.Mark);
        return length < 0 ? text.Length : start + 1 + length;
    }

    private void TokenizeWord(ReadOnlySpan<char> word, int offset, UnigramLattice lattice, ref UnknownRun unknown)
    {
        var decided = 0;
        for (var at = 0; at < word.Length;)
        {
            at = _paths.Extend(word, at, decided, lattice);
            if (at == decided + lattice.Reach)
            {
                // No entry spans this place, so every path goes through it: what lies before is decided.
                Emit(lattice, offset + decided, ref unknown);
                decided = at;
            }
        }
    }

    private void Emit(UnigramLattice lattice, int offset, ref UnknownRun unknown)
    {
        var end = lattice.Reach;
        lattice.LinkForward(end);
        for (var start = 0; start < end;)
        {
            var next = lattice.Next(start, out var id);
            if (id == _vocabulary.UnknownId)
            {
                unknown.Add(offset + start);
            }
            else
            {
                unknown.End(offset + start);
                unknown.Output.Add(id);
            }

            start = next;
        }

        // The score goes on, so that sums round as they do over the whole text.
        lattice.Start(lattice.ScoreAt(end));
    }
}
