using System.Buffers;
using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers;

/// <summary>
/// A growing list of token ids in pooled memory, with the segment (token type) of each where a model uses segments other
/// than 0. Owned by one thread at a time; <see cref="Dispose"/> gives the memory back, and the buffer can be used again.
/// </summary>
internal sealed class TokenBuffer : IDisposable
{
    private const int FirstCapacity = 256;

    private int[] _ids = [];
    private int[]? _types;

    /// <summary>How many ids the buffer holds.</summary>
    public int Count { get; private set; }

    /// <summary>The ids, valid until the next change of the buffer.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>The token type of each id, or empty where every one is 0. Valid until the next change of the buffer.</summary>
    public ReadOnlySpan<int> TypeIds => _types is null ? [] : _types.AsSpan(0, Count);

    /// <summary>Appends an id of token type 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int id)
    {
        if (Count == _ids.Length)
        {
            Grow(Count + 1);
        }

        _ids[Count++] = id;
    }

    /// <summary>Appends ids of token type 0.</summary>
    public void Add(ReadOnlySpan<int> ids)
    {
        if (Count + ids.Length > _ids.Length)
        {
            Grow(Count + ids.Length);
        }

        ids.CopyTo(_ids.AsSpan(Count));
        Count += ids.Length;
    }

    /// <summary>Sets the token type of a range of ids.</summary>
    /// <param name="start">The first id's place.</param>
    /// <param name="count">How many.</param>
    /// <param name="type">The token type.</param>
    public void SetType(int start, int count, int type)
    {
        if (_types is null)
        {
            if (type == 0)
            {
                return;
            }

            _types = ArrayPool<int>.Shared.Rent(_ids.Length);
            Array.Clear(_types);
        }

        _types.AsSpan(start, count).Fill(type);
    }

    /// <summary>Takes out a range of ids; those after it move up.</summary>
    /// <param name="start">The first id's place.</param>
    /// <param name="count">How many.</param>
    public void RemoveRange(int start, int count)
    {
        var rest = Count - start - count;
        _ids.AsSpan(start + count, rest).CopyTo(_ids.AsSpan(start));
        _types?.AsSpan(start + count, rest).CopyTo(_types.AsSpan(start));
        Count -= count;
        _types?.AsSpan(Count).Clear();
    }

    /// <summary>Forgets the ids and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _types?.AsSpan().Clear();
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (_ids.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_ids);
        }

        if (_types is not null)
        {
            ArrayPool<int>.Shared.Return(_types);
        }

        _ids = [];
        _types = null;
        Count = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int needed)
    {
        var grown = ArrayPool<int>.Shared.Rent(Math.Max(Math.Max(needed, FirstCapacity), (int)Math.Min(Array.MaxLength, 2L * _ids.Length)));
        Ids.CopyTo(grown);
        if (_types is not null)
        {
            var types = ArrayPool<int>.Shared.Rent(grown.Length);
            TypeIds.CopyTo(types);
            types.AsSpan(Count).Clear();
            ArrayPool<int>.Shared.Return(_types);
            _types = types;
        }

        if (_ids.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_ids);
        }

        _ids = grown;
    }
}
