using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Trie;

namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>
/// Unigram (SentencePiece's default; XLM-R, T5, ALBERT, Universal Sentence Encoder): of all ways to cut a piece into
/// vocabulary entries, the one with the highest sum of scores. Runs of unknown characters become one unknown token.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private readonly UnigramVocabulary _vocabulary;

    /// <param name="vocabulary">The entries and their scores.</param>
    public UnigramModel(UnigramVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
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
        var lattice = UnigramLattice.Rent();
        foreach (var piece in pieces)
        {
            Tokenize(text.Slice(piece.Start, piece.Length), lattice, output);
        }

        UnigramLattice.Return(lattice);
    }

    private void Tokenize(ReadOnlySpan<char> text, UnigramLattice lattice, TokenBuffer output)
    {
        lattice.Start(_vocabulary.Rule);
        var unknown = new UnknownRun(_vocabulary, text, output);
        var at = 0;
        while (at < text.Length)
        {
            Extend(text, at, lattice);
            var before = at;
            at += char.IsHighSurrogate(text[at]) ? 2 : 1;
            if (_vocabulary.Rule == PathRule.TensorFlowJs && !lattice.IsReached(at))
            {
                lattice.Offer(before, at, 0, _vocabulary.UnknownId);
            }

            if (at == lattice.Reach)
            {
                // No entry spans this place, so every path goes through it: what lies before is decided.
                Emit(lattice, at, ref unknown);
            }
        }

        unknown.End(text.Length);
    }

    /// <summary>Adds to the lattice every entry that starts at a place.</summary>
    private void Extend(ReadOnlySpan<char> text, int at, UnigramLattice lattice)
    {
        var trie = _vocabulary.Trie;
        var scores = _vocabulary.Scores;
        var here = lattice.ScoreAt(at);
        var length = char.IsHighSurrogate(text[at]) ? 2 : 1;
        var single = false;
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
                single |= end - at == length;
                lattice.Offer(at, end, here + scores[id], id);
            }
        }

        if (!single && _vocabulary.Rule == PathRule.SentencePiece)
        {
            lattice.Offer(at, at + length, here + _vocabulary.UnknownScore, _vocabulary.UnknownId);
        }
    }

    private void Emit(UnigramLattice lattice, int end, ref UnknownRun unknown)
    {
        for (var start = lattice.LinkForward(end); start < end;)
        {
            var next = lattice.Next(start, out var id);
            if (id == _vocabulary.UnknownId)
            {
                unknown.Add(start);
            }
            else
            {
                unknown.End(start);
                unknown.Output.Add(id);
            }

            start = next;
        }

        lattice.RestartAt(end);
    }

    /// <summary>Unknown characters in a row, which make one token.</summary>
    private ref struct UnknownRun
    {
        private readonly UnigramVocabulary _vocabulary;
        private readonly ReadOnlySpan<char> _text;
        private int _start = -1;

        public UnknownRun(UnigramVocabulary vocabulary, ReadOnlySpan<char> text, TokenBuffer output)
        {
            _vocabulary = vocabulary;
            _text = text;
            Output = output;
        }

        public TokenBuffer Output { get; }

        public void Add(int start)
        {
            if (_start < 0)
            {
                _start = start;
            }
        }

        public void End(int end)
        {
            if (_start < 0)
            {
                return;
            }

            var run = _text[_start..end];
            _start = -1;
            var known = _vocabulary.Trie.Find(run);
            if (known >= 0)
            {
                Output.Add(known);
            }
            else if (_vocabulary.ByteIds is { } bytes)
            {
                AddBytes(run, bytes);
            }
            else
            {
                Output.Add(_vocabulary.UnknownId);
            }
        }

        private readonly void AddBytes(ReadOnlySpan<char> run, int[] byteIds)
        {
            var first = Output.Count;
            Span<byte> utf8 = stackalloc byte[4];
            foreach (var rune in run.EnumerateRunes())
            {
                foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
                {
                    if (byteIds[value] < 0)
                    {
                        Output.RemoveRange(first, Output.Count - first);
                        Output.Add(_vocabulary.UnknownId);
                        return;
                    }

                    Output.Add(byteIds[value]);
                }
            }
        }
    }
}
