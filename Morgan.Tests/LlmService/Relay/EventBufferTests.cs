using System.Text;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.LlmService.Relay;

public sealed class EventBufferTests
{
    [Fact]
    public async Task TryTake_EventLargerThanTheBuffer_ComesInPiecesWithEveryByte()
    {
        var text = $"data: {new string('x', EventBuffer.LargestEvent + 100_000)}\n\ndata: next\n\n";
        using var host = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var buffer = new EventBuffer();
        var passed = new StringBuilder();
        var whole = new List<string>();
        int read;
        while ((read = await host.ReadAsync(buffer.GetMemory(), TestContext.Current.CancellationToken)) > 0)
        {
            buffer.Advance(read);
            while (buffer.TryTake(out var raw, out var isWhole))
            {
                passed.Append(Encoding.UTF8.GetString(raw));
                if (isWhole)
                {
                    whole.Add(Encoding.UTF8.GetString(raw));
                }
            }
        }

        Assert.Equal(text, passed.ToString());
        Assert.Equal(["data: next\n\n"], whole);
    }
}
