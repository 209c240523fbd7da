namespace Morgan.LlmService.Envelope;

/// <summary>Where a value stands in the body, its quotes or brackets included.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">In bytes; 0: there is no such value.</param>
internal readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>Whether there is a value.</summary>
    public bool IsPresent => Length > 0;

    /// <summary>Offset of the first byte after it.</summary>
    public int End => Start + Length;

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> body) => body.Slice(Start, Length);
}
