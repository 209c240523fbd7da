using System.Globalization;
using System.Text;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Trie;

namespace Morgan.EmbeddingService.Tokenizers.Bpe;

/// <summary>
/// Byte-pair encoding (RoBERTa, GPT-2, Qwen, Llama, Gemma, CLIP): a piece starts as its characters, and pairs merge in the
/// order that training found them.
/// </summary>
internal sealed class BpeModel : ITokenModel
{
    private const char Mark = '\u2581';

    private readonly TokenVocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly BpeOptions _options;
    private readonly int _continuation;
    private readonly int[] _byteIds;
    private readonly byte[] _prefixBytes;
    private readonly byte[] _suffixBytes;
    private readonly bool _marksStartWords;
    private readonly bool[] _isWhole;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="merges">What merges.</param>
    /// <param name="options">The switches.</param>
    public BpeModel(TokenVocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        _vocabulary = vocabulary;
        _merges = merges;
        _options = options;
        _continuation = vocabulary.Trie.Walk(options.ContinuingPrefix);
        _byteIds = [.. Enumerable.Range(0, 256).Select(value => vocabulary.IdOf(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")) ?? -1)];
        _prefixBytes = Encoding.UTF8.GetBytes(options.ContinuingPrefix);
        _suffixBytes = Encoding.UTF8.GetBytes(options.EndOfWordSuffix);
        _marksStartWords = MarksStartWords();
        _isWhole = FindWholePieces();
    }

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Size;

    /// <inheritdoc/>
    public int TokenCount => _vocabulary.Count;

    /// <inheritdoc/>
    public int? IdOf(string token) => _vocabulary.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => _vocabulary.TokenOf(id);

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> text, ReadOnlySpan<Piece> pieces, TokenBuffer output)
    {
        var symbols = SymbolList.Rent();
        foreach (var piece in pieces)
        {
            var rest = text.Slice(piece.Start, piece.Length);
            while (!rest.IsEmpty)
            {
                var word = rest[..LengthOfWord(rest)];
                rest = rest[word.Length..];
                var whole = _vocabulary.Trie.Find(word);
                if (whole >= 0 && _isWhole[whole])
                {
                    output.Add(whole);
                }
                else
                {
                    Merge(word, symbols, output);
                }
            }
        }

        SymbolList.Return(symbols);
    }

    /// <summary>
    /// Whether text can be cut before every run of "▁" without changing the outcome, as SentencePiece's vocabularies allow:
    /// no token has one after another character, so none can merge across.
    /// </summary>
    private bool MarksStartWords() =>
        _options is { ContinuingPrefix: "", EndOfWordSuffix: "", IgnoreMerges: false } && _vocabulary.IdOf(Mark.ToString()) is not null
        && _vocabulary.Ids.Keys.All(token => token.AsSpan().TrimStart(Mark).IndexOf(Mark) < 0);

    private int LengthOfWord(ReadOnlySpan<char> text)
    {
        if (!_marksStartWords)
        {
            return text.Length;
        }

        var start = text.IndexOfAnyExcept(Mark);
        var next = start < 0 ? -1 : text[start..].IndexOf(Mark);
        return next < 0 ? text.Length : start + next;
    }

    /// <summary>
    /// Which tokens a piece that is written like them becomes: all of them where merges are ignored, else those that the
    /// merges do lead to. Found once, this spares the merging of most words.
    /// </summary>
    private bool[] FindWholePieces()
    {
        var whole = new bool[_vocabulary.Size];
        var symbols = SymbolList.Rent();
        using var result = new TokenBuffer();
        foreach (var (token, id) in _vocabulary.Ids)
        {
            result.Clear();
            if (!_options.IgnoreMerges)
            {
                Merge(token, symbols, result);
            }

            whole[id] = _options.IgnoreMerges || (result.Count == 1 && result.Ids[0] == id);
        }

        SymbolList.Return(symbols);
        return whole;
    }

    private void Merge(ReadOnlySpan<char> piece, SymbolList symbols, TokenBuffer output)
    {
        symbols.Start(MostSymbols(piece.Length));
        var unknown = false;
        for (var i = 0; i < piece.Length;)
        {
            var length = char.IsHighSurrogate(piece[i]) ? 2 : 1;
            var character = piece.Slice(i, length);
            var isFirst = i == 0;
            i += length;
            var id = Find(character, isFirst, isLast: i == piece.Length);
            if (id >= 0)
            {
                // An unknown character before is only now certain to have no further one to join it.
                AddUnknown(ref unknown, symbols);
                symbols.Add(id);
            }
            else if (!_options.ByteFallback || !TryAddBytes(character, isFirst, isLast: i == piece.Length, symbols))
            {
                if (unknown && !_options.FuseUnknown)
                {
                    AddUnknown(ref unknown, symbols);
                }

                unknown = _options.UnknownId is not null;
            }
        }

        AddUnknown(ref unknown, symbols);
        symbols.MergeInto(_merges, output);
    }

    /// <summary>A character becomes one token, or with byte fallback one for each byte, at most three for a UTF-16 code unit.</summary>
    private int MostSymbols(int length) =>
        _options.ByteFallback ? length * (3 + _prefixBytes.Length) + _suffixBytes.Length : length;

    private int Find(ReadOnlySpan<char> character, bool isFirst, bool isLast)
    {
        var trie = _vocabulary.Trie;
        var node = isFirst ? CharTrie.Root : _continuation;
        for (var i = 0; i < character.Length && node != CharTrie.None; i++)
        {
            node = trie.Step(node, character[i]);
        }

        return node == CharTrie.None ? -1 : trie.Find(node, isLast ? _options.EndOfWordSuffix : "");
    }

    private bool TryAddBytes(ReadOnlySpan<char> character, bool isFirst, bool isLast, SymbolList symbols)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..Encoding.UTF8.GetBytes(character, utf8)];
        ReadOnlySpan<byte> before = isFirst ? [] : _prefixBytes;
        ReadOnlySpan<byte> after = isLast ? _suffixBytes : [];
        if (!HasAll(before) || !HasAll(utf8) || !HasAll(after))
        {
            return false;
        }

        AddBytes(before, symbols);
        AddBytes(utf8, symbols);
        AddBytes(after, symbols);
        return true;
    }

    private bool HasAll(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (_byteIds[value] < 0)
            {
                return false;
            }
        }

        return true;
    }

    private void AddBytes(ReadOnlySpan<byte> bytes, SymbolList symbols)
    {
        foreach (var value in bytes)
        {
            symbols.Add(_byteIds[value]);
        }
    }

    private void AddUnknown(ref bool unknown, SymbolList symbols)
    {
        if (unknown)
        {
            symbols.Add(_options.UnknownId!.Value);
            unknown = false;
        }
    }
}
