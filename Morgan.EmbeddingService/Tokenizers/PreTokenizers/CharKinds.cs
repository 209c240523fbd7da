using System.Runtime.CompilerServices;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>A small number for every character, by which a pre-tokenizer splits.</summary>
internal sealed class CharKinds
{
    private readonly byte[] _basic = new byte[char.MaxValue + 1];
    private readonly Func<int, byte> _kindOf;

    /// <param name="kindOf">The kind of a code point.</param>
    public CharKinds(Func<int, byte> kindOf)
    {
        _kindOf = kindOf;
        for (var c = 0; c <= char.MaxValue; c++)
        {
            _basic[c] = kindOf(c);
        }
    }

    /// <summary>The kind of the code point at a place, and its length in UTF-16 code units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte At(ReadOnlySpan<char> text, int index, out int length)
    {
        var c = text[index];
        length = 1;
        return char.IsHighSurrogate(c) ? Astral(text, index, out length) : _basic[c];
    }

    private byte Astral(ReadOnlySpan<char> text, int index, out int length) => _kindOf(CodePoints.At(text, index, out length));
}
