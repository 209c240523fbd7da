using System.Buffers;

namespace Morgan.LlmService.Relay;

/// <summary>What has come from a host and has not been passed on, in pooled memory that holds one event.</summary>
internal sealed class EventBuffer : IDisposable
{
    /// <summary>An event that is larger than this is passed on in pieces, without being looked at.</summary>
    public const int LargestEvent = 4 * 1024 * 1024;

    private const int FirstSize = 4 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstSize);
    private EventFramer _framer;
    private int _start;
    private int _end;
    private bool _inPieces;
    private bool _begun;

    /// <summary>What is there, whole events or not.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Where what is taken next begins; valid until the next read.</summary>
    public int Position => _start;

    /// <summary>Whether what was taken last are the answer's first bytes.</summary>
    public bool AtStart { get; private set; }

    /// <summary>Where to read what comes next.</summary>
    public Memory<byte> GetMemory()
    {
        MakeRoom();
        return _bytes.AsMemory(_end);
    }

    /// <summary>Takes note of what was read into <see cref="GetMemory"/>.</summary>
    public void Advance(int read) => _end += read;

    /// <summary>
    /// Takes the next event, or the next piece of one that is too large to be held.
    /// </summary>
    /// <param name="raw">Its bytes; valid until the next read.</param>
    /// <param name="whole">Whether it is a whole event, to be looked at.</param>
    public bool TryTake(out ReadOnlySpan<byte> raw, out bool whole)
    {
        var unread = Unread;
        var length = _framer.Next(unread);
        if (length > 0)
        {
            whole = !_inPieces;
            _inPieces = false;
            raw = Take(length);
            return true;
        }

        whole = false;
        if (unread.Length >= LargestEvent || (_inPieces && !unread.IsEmpty))
        {
            _inPieces = true;
            raw = Take(unread.Length);
            _framer.Taken(raw.Length);
            return true;
        }

        raw = default;
        return false;
    }

    /// <summary>What was taken between two <see cref="Position"/>s; valid until the next read.</summary>
    public ReadOnlySpan<byte> Taken(int from, int to) => _bytes.AsSpan(from..to);

    /// <summary>The bytes after the last whole event, once the host has ended: perhaps an event without its empty line.</summary>
    public ReadOnlySpan<byte> TakeRest() => Take(Unread.Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        var bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _bytes.AsSpan(_start, length);
        _start += length;
        (AtStart, _begun) = (!_begun, true);
        return taken;
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_end < _bytes.Length)
        {
            return;
        }

        var unread = Unread;
        var target = unread.Length > _bytes.Length / 2 ? ArrayPool<byte>.Shared.Rent(_bytes.Length * 2) : _bytes;
        unread.CopyTo(target);
        _end -= _start;
        _start = 0;
        if (target != _bytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = target;
        }
    }
}
