using System.Buffers;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.EmbeddingService.Requests;

/// <summary>
/// The inputs of a request in order, as slices of its body: no string is made of any of them. They come in parts, one
/// for each field that holds inputs.
/// </summary>
internal sealed class InputList : IDisposable
{
    /// <summary>The most inputs of one request; their vectors are held until the answer is written.</summary>
    public const int MaxCount = 16_384;

    private readonly TokenBuffer _ids = new();
    private readonly List<InputPart> _parts = new(1);
    private InputSlice[] _slices = [];

    /// <summary>How many inputs there are.</summary>
    public int Count { get; private set; }

    /// <summary>The field of the first input.</summary>
    public string Name => _parts[0].Name;

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

    /// <summary>Begins a part.</summary>
    /// <param name="name">The field.</param>
    /// <param name="isSingle">Whether it holds one input, not a list.</param>
    /// <exception cref="Rejection">400: the field stands twice.</exception>
    public void Begin(string name, bool isSingle)
    {
        foreach (var part in _parts)
        {
            if (part.Name == name)
            {
                throw Rejection.InvalidValue(name, $"'{name}' stands twice.");
            }
        }

        _parts.Add(new InputPart(name, Count, isSingle));
    }

    /// <summary>Where the inputs of a field are, or an empty range: it has none.</summary>
    public Range RangeOf(string name)
    {
        for (var i = 0; i < _parts.Count; i++)
        {
            if (_parts[i].Name == name)
            {
                return _parts[i].Start..(i + 1 < _parts.Count ? _parts[i + 1].Start : Count);
            }
        }

        return default;
    }

    /// <summary>The name of an input in error messages: <c>input</c>, or <c>input[3]</c>.</summary>
    public string NameOf(int index)
    {
        var part = _parts.FindLast(part => part.Start <= index)!;
        return part.IsSingle ? part.Name : FormattableString.Invariant($"{part.Name}[{index - part.Start}]");
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
