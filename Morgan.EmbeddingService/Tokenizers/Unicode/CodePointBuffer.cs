using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>A growing list of code points, kept by the thread.</summary>
internal sealed class CodePointBuffer
{
    private const int LargestKept = 1 << 16;

    [ThreadStatic]
    private static CodePointBuffer? _kept;

    private int[] _items = new int[256];

    /// <summary>How many it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The code points.</summary>
    public Span<int> Items => _items.AsSpan(0, Count);

    /// <summary>Takes the thread's buffer, emptied, or makes one.</summary>
    public static CodePointBuffer Rent()
    {
        var buffer = _kept ?? new CodePointBuffer();
        _kept = null;
        buffer.Count = 0;
        return buffer;
    }

    /// <summary>Gives a buffer back to the thread, unless a long text made it large.</summary>
    public static void Return(CodePointBuffer buffer)
    {
        if (buffer._items.Length <= LargestKept)
        {
            _kept = buffer;
        }
    }

    /// <summary>Appends one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int codePoint)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, 2 * _items.Length);
        }

        _items[Count++] = codePoint;
    }

    /// <summary>Cuts the list.</summary>
    public void Truncate(int count) => Count = count;
}
