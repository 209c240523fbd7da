namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>Unknown characters in a row, which make one token, or the tokens of their bytes.</summary>
internal ref struct UnknownRun
{
    private readonly UnigramVocabulary _vocabulary;
    private readonly ReadOnlySpan<char> _text;
    private int _start = -1;

    /// <param name="vocabulary">The entries.</param>
    /// <param name="text">The text that the places are in.</param>
    /// <param name="output">Where tokens go.</param>
    public UnknownRun(UnigramVocabulary vocabulary, ReadOnlySpan<char> text, TokenBuffer output)
    {
        _vocabulary = vocabulary;
        _text = text;
        Output = output;
    }

    /// <summary>Where tokens go.</summary>
    public TokenBuffer Output { get; }

    /// <summary>Takes an unknown character at a place, the first or the next of a run.</summary>
    public void Add(int start)
    {
        if (_start < 0)
        {
            _start = start;
        }
    }

    /// <summary>Ends the run, if there is one, at a place.</summary>
    public void End(int end)
    {
        if (_start < 0)
        {
            return;
        }

        var run = _text[_start..end];
        _start = -1;

        // Unknown characters may spell an entry that is worse than they are.
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
