using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>
/// Text on its way through the normalizers: well-formed UTF-16 that a step reads as <see cref="Text"/> and rewrites by
/// <see cref="Begin"/>, <see cref="Append(char)"/> and <see cref="Commit"/>. A step that changes nothing does nothing.
/// </summary>
internal sealed class TextBuffer
{
    private char[] _text = [];
    private char[] _spare = [];
    private int _length;
    private int _written;

    /// <summary>The text, valid until the next <see cref="Commit"/> or <see cref="Load"/>.</summary>
    public Span<char> Text => _text.AsSpan(0, _length);

    /// <summary>The room that the buffer holds on to, in characters.</summary>
    public int Capacity => Math.Max(_text.Length, _spare.Length);

    /// <summary>How much of the new text is written.</summary>
    public int Written => _written;

    /// <summary>
    /// Whether the first character still stems from the very start of what the caller gave: Metaspace's "first" scheme
    /// asks. A step that takes away leading characters clears it.
    /// </summary>
    public bool AtOrigin { get; set; }

    /// <summary>Starts with new text.</summary>
    public void Load(ReadOnlySpan<char> text, bool atOrigin)
    {
        if (_text.Length < text.Length)
        {
            _text = new char[RoundUp(text.Length)];
        }

        text.CopyTo(_text);
        _length = text.Length;
        AtOrigin = atOrigin;
    }

    /// <summary>Starts a rewrite.</summary>
    public void Begin()
    {
        _written = 0;
        if (_spare.Length < _length)
        {
            _spare = new char[_text.Length];
        }
    }

    /// <summary>Writes a character of the new text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(char c)
    {
        if (_written == _spare.Length)
        {
            Grow(_written + 1);
        }

        _spare[_written++] = c;
    }

    /// <summary>Writes a code point of the new text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendCodePoint(int codePoint)
    {
        if (codePoint <= char.MaxValue)
        {
            Append((char)codePoint);
            return;
        }

        Append((char)(0xD7C0 + (codePoint >> 10)));
        Append((char)(0xDC00 | (codePoint & 0x3FF)));
    }

    /// <summary>Writes a piece of the new text.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (_written + text.Length > _spare.Length)
        {
            Grow(_written + text.Length);
        }

        text.CopyTo(_spare.AsSpan(_written));
        _written += text.Length;
    }

    /// <summary>Writes a piece of the new text with one character replaced by another.</summary>
    public void AppendReplaced(ReadOnlySpan<char> text, char from, char to)
    {
        var start = _written;
        Append(text);
        _spare.AsSpan(start, text.Length).Replace(from, to);
    }

    /// <summary>What was written of the new text from a place on, valid until more is.</summary>
    public ReadOnlySpan<char> WrittenFrom(int start) => _spare.AsSpan(start, _written - start);

    /// <summary>Makes what was written the text.</summary>
    public void Commit()
    {
        (_text, _spare) = (_spare, _text);
        _length = _written;
    }

    /// <summary>Keeps only a part of the text.</summary>
    public void Slice(int start, int length)
    {
        if (start > 0)
        {
            _text.AsSpan(start, length).CopyTo(_text);
            AtOrigin = false;
        }

        _length = length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int needed) => Array.Resize(ref _spare, RoundUp(Math.Max(needed, 2 * _spare.Length)));

    private static int RoundUp(int length) => Math.Max(256, length);
}
