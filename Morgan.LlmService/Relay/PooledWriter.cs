using System.Buffers;
using Morgan.LlmService.Envelope;

namespace Morgan.LlmService.Relay;

/// <summary>Bytes in pooled memory that grows.</summary>
/// <param name="firstSize">Its size to begin with, in bytes.</param>
/// <param name="held">What it grows by is counted here; null: nowhere.</param>
internal sealed class PooledWriter(int firstSize, HeldMemory? held = null) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(firstSize);
    private long _taken;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Makes room for at least one byte more. False: all requests together hold as much as they may.</summary>
    public bool TryMakeRoom()
    {
        if (Length < _bytes.Length)
        {
            return true;
        }

        if (held is not null && !held.TryTake(_bytes.Length))
        {
            return false;
        }

        _taken += _bytes.Length;
        Grow(_bytes.Length * 2);
        return true;
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public void Dispose()
    {
        var bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0)
        {
            held?.Give(_taken);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void EnsureRoom(int wanted)
    {
        if (_bytes.Length - Length < Math.Max(1, wanted))
        {
            Grow(Math.Max(_bytes.Length * 2, Length + wanted));
        }
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
