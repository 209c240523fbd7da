using System.Buffers;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.EmbeddingService.Requests;

/// <summary>The inputs of a request in order, as slices of its body: no string is made of any of them.</summary>
internal sealed class InputList : IDisposable
{
    /// <summary>The most inputs of one request; their vectors are held until the answer is written.</summary>
    public const int MaxCount = 16_384;

    private readonly TokenBuffer _ids = new();
    private InputSlice[] _slices = [];

    /// <summary>How many inputs there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the client sent one text or one list of ids, not a list of inputs.</summary>
    public bool IsSingle { get; set; }

    /// <summary>The input at a place.</summary>
    public InputSlice this[int index] => _slices[index];

    /// <summary>How many token ids were added so far.</summary>
    public int IdCount => _ids.Count;

    /// <summary>The token ids of an input that was sent as ids.</summary>
    public ReadOnlySpan<int> IdsOf(InputSlice slice) => _ids.Ids.Slice(slice.Start, slice.Length);

    /// <summary>Adds a token id; the ids since the last input become one by <see cref="AddIds"/>.</summary>
    public void AddId(int id) => _ids.Add(id);

    /// <summary>Makes an input of the ids from a place on.</summary>
    public void AddIds(int start) => Add(new InputSlice(start, _ids.Count - start, IsIds: true, IsEscaped: false));

    /// <summary>Adds a text.</summary>
    public void AddText(int start, int length, bool escaped) => Add(new InputSlice(start, length, IsIds: false, escaped));

    /// <summary>Forgets everything: the body named its inputs twice, and the last one counts.</summary>
    public void Clear()
    {
        Count = 0;
        _ids.Clear();
    }

    public void Dispose()
    {
        _ids.Dispose();
        if (_slices.Length > 0)
        {
            ArrayPool<InputSlice>.Shared.Return(_slices);
        }

        _slices = [];
        Count = 0;
    }

    private void Add(InputSlice slice)
    {
        if (Count == _slices.Length)
        {
            var grown = ArrayPool<InputSlice>.Shared.Rent(Math.Max(8, Count * 2));
            _slices.AsSpan(0, Count).CopyTo(grown);
            if (_slices.Length > 0)
            {
                ArrayPool<InputSlice>.Shared.Return(_slices);
            }

            _slices = grown;
        }

        _slices[Count++] = slice;
    }
}
