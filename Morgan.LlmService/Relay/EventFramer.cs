namespace Morgan.LlmService.Relay;

/// <summary>
/// Finds where server-sent events end, however the bytes are cut into reads. An event ends with an empty line; lines end
/// with LF, CR or CRLF:
/// <code>data: {"a":1}\r\n\r\ndata: [DONE]\n\n</code>
/// </summary>
internal struct EventFramer
{
    private int _scanned;
    private bool _inLine;
    private bool _afterCarriageReturn;

    /// <summary>
    /// The length of the event at the beginning of <paramref name="bytes"/>, its empty line included; 0: it is not
    /// complete yet. Call it again with the same bytes and more; after an event, with what follows it.
    /// </summary>
    public int Next(ReadOnlySpan<byte> bytes)
    {
        while (_scanned < bytes.Length)
        {
            if (_afterCarriageReturn)
            {
                // The LF of a CRLF that was cut in two, or that closed the event before this one.
                _afterCarriageReturn = false;
                if (bytes[_scanned] == (byte)'\n')
                {
                    _scanned++;
                    continue;
                }
            }

            var terminator = bytes[_scanned..].IndexOfAny((byte)'\n', (byte)'\r');
            if (terminator < 0)
            {
                _inLine |= _scanned < bytes.Length;
                _scanned = bytes.Length;
                return 0;
            }

            var empty = terminator == 0 && !_inLine;
            _scanned += terminator + 1;
            _inLine = false;
            _afterCarriageReturn = bytes[_scanned - 1] == (byte)'\r';
            if (empty)
            {
                var length = _scanned;
                if (_afterCarriageReturn && length < bytes.Length && bytes[length] == (byte)'\n')
                {
                    _afterCarriageReturn = false;
                    length++;
                }

                _scanned = 0;
                return length;
            }
        }

        return 0;
    }

    /// <summary>Tells that <paramref name="count"/> bytes of an unfinished event were taken away from its beginning.</summary>
    public void Taken(int count) => _scanned -= count;
}
