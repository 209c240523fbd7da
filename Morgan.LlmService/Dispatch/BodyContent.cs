using System.Net;
using Morgan.LlmService.Envelope;

namespace Morgan.LlmService.Dispatch;

/// <summary>The client's body as bytes, with at most two edits spliced in. Can be sent more than once.</summary>
internal sealed class BodyContent : HttpContent
{
    private readonly RequestBody _body;
    private readonly BodyEdit _first;
    private readonly BodyEdit _second;
    private readonly int _edits;

    /// <summary>The body with <paramref name="edits"/> in the order of the body.</summary>
    public BodyContent(RequestBody body, ReadOnlySpan<BodyEdit> edits)
    {
        _body = body;
        _edits = edits.Length;
        _first = edits.Length > 0 ? edits[0] : default;
        _second = edits.Length > 1 ? edits[1] : default;
        Headers.TryAddWithoutValidation("Content-Type", "application/json"); // a value that was parsed would be kept, and written, as an object
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        length += _edits > 0 ? _first.Replacement.Length - _first.Length : 0;
        length += _edits > 1 ? _second.Replacement.Length - _second.Length : 0;
        return true;
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // An attempt that has lost can still be sending after the request is over.
        if (!_body.TryAddReader())
        {
            throw new IOException("the request is over");
        }

        try
        {
            var at = 0;
            for (var i = 0; i < _edits; i++)
            {
                var edit = i == 0 ? _first : _second;
                await stream.WriteAsync(_body.Memory[at..edit.Start], cancellationToken);
                await stream.WriteAsync(edit.Replacement, cancellationToken);
                at = edit.Start + edit.Length;
            }

            await stream.WriteAsync(_body.Memory[at..], cancellationToken);
        }
        finally
        {
            _body.RemoveReader();
        }
    }
}
