using Morgan.EmbeddingService.Tokenizers.Trie;

namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>Adds to a lattice the ways that a vocabulary allows.</summary>
internal sealed class UnigramPaths
{
    /// <summary>
    /// How much better than any other way an entry must be to be taken without looking: more than sums of scores over the
    /// longest text can round by.
    /// </summary>
    private const double Margin = 1e-6;

    private readonly UnigramVocabulary _vocabulary;

    /// <param name="vocabulary">The entries.</param>
    public UnigramPaths(UnigramVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
    }

    /// <summary>Adds every entry that starts at a place, or the unknown character.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The place.</param>
    /// <param name="origin">The place that the lattice starts from.</param>
    /// <param name="lattice">The lattice.</param>
    /// <returns>The place of the next character.</returns>
    public int Extend(ReadOnlySpan<char> text, int at, int origin, UnigramLattice lattice)
    {
        var trie = _vocabulary.Trie;
        var scores = _vocabulary.Scores;
        var here = lattice.ScoreAt(at - origin);
        var next = at + (char.IsHighSurrogate(text[at]) ? 2 : 1);
        var covers = false;
        var node = CharTrie.Root;
        for (var end = at; end < text.Length;)
        {
            node = trie.Step(node, text[end]);
            if (node == CharTrie.None)
            {
                break;
            }

            end++;
            var id = trie.ValueAt(node);
            if (id >= 0)
            {
                covers |= end == next || _vocabulary.Rule == PathRule.TensorFlowJs;
                lattice.Offer(at - origin, end - origin, here + scores[id], id);
            }
        }

        if (!covers)
        {
            lattice.Offer(at - origin, next - origin, here + _vocabulary.UnknownScore, _vocabulary.UnknownId);
        }

        if (_vocabulary.Rule == PathRule.TensorFlowJs && !lattice.IsReached(next - origin))
        {
            lattice.Offer(at - origin, next - origin, 0, _vocabulary.UnknownId);
        }

        return next;
    }

    /// <summary>
    /// Which entries are certainly what text written like them becomes, whatever stands before: most words of most texts are
    /// such entries, and looking them up spares the lattice.
    /// </summary>
    public bool[] FindWholeEntries()
    {
        var whole = new bool[_vocabulary.Tokens.Length];
        var lattice = UnigramLattice.Rent(_vocabulary.Rule);
        for (var id = 0; id < whole.Length; id++)
        {
            // A way with score 0 may lose to a worse one under TensorFlow.js's rule.
            whole[id] = id != _vocabulary.UnknownId && _vocabulary.Scores[id] != 0 && _vocabulary.Trie.Find(_vocabulary.Tokens[id]) == id
                && IsBest(id, lattice);
        }

        UnigramLattice.Return(lattice);
        return whole;
    }

    /// <summary>
    /// Whether an entry beats every way to put it together from others. The ways are tried from two starts, one far below
    /// the other: a way that starts again from 0, as TensorFlow.js's rule has it, wins from the lower.
    /// </summary>
    private bool IsBest(int id, UnigramLattice lattice)
    {
        var token = _vocabulary.Tokens[id];
        var score = _vocabulary.Scores[id];
        _vocabulary.Scores[id] = double.NegativeInfinity;
        var best = true;
        foreach (var start in (ReadOnlySpan<double>)[-1, -1e9])
        {
            lattice.Start(start);
            for (var at = 0; at < token.Length;)
            {
                at = Extend(token, at, 0, lattice);
            }

            best &= lattice.ScoreAt(token.Length) < start + score - Margin;
        }

        _vocabulary.Scores[id] = score;
        return best;
    }
}
