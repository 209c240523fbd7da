namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>Bytes that come in pieces: each read gives one, or as much of it as there is room for.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="cut">The length of the next piece.</param>
internal sealed class PiecesStream(byte[] bytes, Func<int> cut) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var piece = bytes.AsSpan(_at, Math.Min(Math.Min(cut(), buffer.Length), bytes.Length - _at));
        piece.CopyTo(buffer);
        _at += piece.Length;
        return piece.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
