using System.Buffers;

namespace Morgan.LlmService.Envelope;

/// <summary>
/// A request's body in pooled memory. It is counted by its readers: an attempt that has lost may still be sending when
/// the request is over, and the memory goes back to the pool only after the last of them.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private byte[]? _buffer;
    private int _readers = 1;

    private RequestBody(byte[] buffer, int length) => (_buffer, Length) = (buffer, length);

    /// <summary>In bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes; valid until the body is disposed.</summary>
    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    /// <summary>The bytes, for a reader that has called <see cref="TryAddReader"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Reads the whole body. Null: it is larger than <paramref name="maxBytes"/>.</summary>
    /// <exception cref="BadHttpRequestException">The body broke off or came too slowly.</exception>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        // A length is only a promise: memory is taken as the bytes come, not as they are announced.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength + 1 ?? FirstRead, LargestFirstRead));
        var length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }

                var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    var body = new RequestBody(buffer, length);
                    buffer = null;
                    return body;
                }

                length += read;
                if (length > maxBytes)
                {
                    return null;
                }
            }
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>A body over bytes that are in memory already, for tests.</summary>
    internal static RequestBody Of(ReadOnlySpan<byte> bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(buffer);
        return new RequestBody(buffer, bytes.Length);
    }

    /// <summary>Keeps the memory until <see cref="RemoveReader"/>. False: it has gone back already.</summary>
    public bool TryAddReader()
    {
        var readers = Volatile.Read(ref _readers);
        while (readers > 0)
        {
            var seen = Interlocked.CompareExchange(ref _readers, readers + 1, readers);
            if (seen == readers)
            {
                return true;
            }

            readers = seen;
        }

        return false;
    }

    /// <summary>Ends what <see cref="TryAddReader"/> began.</summary>
    public void RemoveReader()
    {
        if (Interlocked.Decrement(ref _readers) == 0 && Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => RemoveReader();

    private const int FirstRead = 16 * 1024;
    private const int LargestFirstRead = 1024 * 1024;

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
