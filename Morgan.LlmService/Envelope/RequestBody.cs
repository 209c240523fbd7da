using System.Buffers;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Envelope;

/// <summary>
/// A request's body in pooled memory. It is counted by its readers: an attempt that has lost may still be sending when
/// the request is over, and the memory goes back to the pool only after the last of them.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstRead = 16 * 1024;
    private const int LargestFirstRead = 1024 * 1024;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly HeldMemory? _held;
    private byte[]? _buffer;
    private int _readers = 1;
    private int _isDisposed;

    private RequestBody(byte[] buffer, int length, HeldMemory? held) => (_buffer, Length, _held) = (buffer, length, held);

    /// <summary>In bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes; valid until the body is disposed.</summary>
    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    /// <summary>The bytes, for a reader that has called <see cref="TryAddReader"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Reads the whole body, or says that it is larger than <paramref name="maxBytes"/> or than what may be held now.</summary>
    /// <exception cref="BadHttpRequestException">The body broke off or came too slowly.</exception>
    public static async ValueTask<(RequestBody? Body, OpenAiError? Error)> ReadAsync(
        HttpRequest request, int maxBytes, HeldMemory held, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return (null, OpenAiError.RequestTooLarge(maxBytes));
        }

        // A length is only a promise: memory is taken as the bytes come, not as they are announced.
        byte[]? buffer = null;
        var length = 0;
        try
        {
            if (!TryGrow(ref buffer, (int)Math.Min(request.ContentLength + 1 ?? FirstRead, LargestFirstRead), length, held))
            {
                return (null, Overloaded());
            }

            while (true)
            {
                if (length == buffer!.Length && !TryGrow(ref buffer, 2 * length, length, held))
                {
                    return (null, Overloaded());
                }

                var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    var body = new RequestBody(buffer!, length, held);
                    buffer = null;
                    return (body, null);
                }

                length += read;
                if (length > maxBytes)
                {
                    return (null, OpenAiError.RequestTooLarge(maxBytes));
                }
            }
        }
        finally
        {
            if (buffer is not null)
            {
                Return(buffer, held);
            }
        }
    }

    /// <summary>A body over bytes that are in memory already, for tests.</summary>
    internal static RequestBody Of(ReadOnlySpan<byte> bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(buffer);
        return new RequestBody(buffer, bytes.Length, held: null);
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
            Return(buffer, _held);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            RemoveReader();
        }
    }

    private static bool TryGrow(ref byte[]? buffer, int size, int length, HeldMemory held)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        if (!held.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        if (buffer is not null)
        {
            buffer.AsSpan(0, length).CopyTo(larger);
            Return(buffer, held);
        }

        buffer = larger;
        return true;
    }

    private static void Return(byte[] buffer, HeldMemory? held)
    {
        held?.Give(buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static OpenAiError Overloaded() =>
        OpenAiError.Overloaded("The requests under way hold as much memory as they may (Llm:MaxHeldBytes).", AskAgain);
}
