namespace Morgan.LlmSimulator.Relay;

/// <summary>Sends bytes in pieces that end inside multi-byte characters, each in a TCP segment of its own.</summary>
internal static class SplitWriter
{
    // Long enough for a reader to take a piece before the next is there.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>Sends the bytes; every multi-byte character is cut after its first byte, one of four bytes in its middle too.</summary>
    public static async ValueTask WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, TimeProvider time, CancellationToken clientGone)
    {
        int start = 0;
        for (int i = 1; i < bytes.Length; i++)
        {
            if (IsCut(bytes.Span, i))
            {
                await response.BodyWriter.WriteAsync(bytes[start..i], clientGone);
                await Task.Delay(Pause, time, clientGone);
                start = i;
            }
        }

        await response.BodyWriter.WriteAsync(bytes[start..], clientGone);
    }

    private static bool IsCut(ReadOnlySpan<byte> bytes, int i)
    {
        bool continues = (bytes[i] & 0xC0) == 0x80;
        bool afterFirst = bytes[i - 1] >= 0xC0;
        bool middleOfFour = i >= 2 && bytes[i - 2] >= 0xF0;
        return continues && (afterFirst || middleOfFour);
    }
}
