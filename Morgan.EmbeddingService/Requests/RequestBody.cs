using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Requests;

/// <summary>A request's whole body in one pooled buffer.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>The largest body that is read, in bytes: room for a bulk import, yet a bound.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int FirstBytes = 4096;

    private byte[] _buffer;

    private RequestBody(byte[] buffer) => _buffer = buffer;

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes, valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Reads the body to its end.</summary>
    /// <exception cref="Rejection">413: it is longer than <see cref="MaxBytes"/>.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context)
    {
        // At its own limit the server closes the connection, and a client that is still sending never reads why.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = null;
        }

        var announced = context.Request.ContentLength;
        if (announced > MaxBytes)
        {
            throw new Rejection(OpenAiError.RequestTooLarge(MaxBytes));
        }

        var body = new RequestBody(ArrayPool<byte>.Shared.Rent((int)(announced ?? FirstBytes) + 1));
        try
        {
            await body.FillAsync(context);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        Length = 0;
    }

    private async ValueTask FillAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            Append(result.Buffer);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private void Append(in ReadOnlySequence<byte> read)
    {
        var needed = Length + read.Length;
        if (needed > MaxBytes)
        {
            throw new Rejection(OpenAiError.RequestTooLarge(MaxBytes));
        }

        if (needed > _buffer.Length)
        {
            var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(MaxBytes, Math.Max(needed, 2L * _buffer.Length)));
            Bytes.CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = grown;
        }

        read.CopyTo(_buffer.AsSpan(Length));
        Length = (int)needed;
    }
}
