using System.Text;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Streams of hosts: whatever the bytes and however they are cut, they stay in order and mean the same.</summary>
internal sealed class HostStreams() : FuzzTarget("host-streams")
{
    private static readonly string[] Names =
        ["id", "model", "choices", "index", "delta", "content", "finish_reason", "usage", "prompt_tokens", "completion_tokens", "total_tokens", "error", "message", "code", "type", "text", "response", "sequence_number", "status"];

    private static readonly string[] Ends = ["\n\n", "\n\n", "\r\n\r\n", "\r\r", "\n"];

    private static readonly string[] Openings = ["data: ", "data: ", "data:", "event: x\ndata: ", ": ", "id: 1\n", "event: response.completed\ndata: ", "retry: 5\n"];

    public override int QuickInputs => 3_000;

    public override byte[] Make(Random random)
    {
        using var stream = new MemoryStream();
        for (var i = random.Next(6); i > 0; i--)
        {
            stream.Write(Encoding.UTF8.GetBytes(Openings[random.Next(Openings.Length)]));
            stream.Write(random.Next(5) == 0 ? "[DONE]"u8 : Noise.Json(random, Names));
            stream.Write(Encoding.UTF8.GetBytes(Ends[random.Next(Ends.Length)]));
        }

        return Noise.Maybe(random, stream.ToArray());
    }

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        foreach (var make in (Func<StreamTracker>[])[() => new ChunkTracker(trimUsage: false), () => new ChunkTracker(trimUsage: true), () => new ResponsesTracker()])
        {
            var whole = await FollowAsync(make(), input, () => input.Length);
            var pieces = await FollowAsync(make(), input, () => random.Next(1, 12));
            var bytes = await FollowAsync(make(), input, () => 1);
            Assert.Equal(input, whole.Passed);
            Assert.Equal(input, pieces.Passed);
            Assert.Equal(input, bytes.Passed);
            Assert.Equal(whole.Verdicts, pieces.Verdicts);
            Assert.Equal(whole.Verdicts, bytes.Verdicts);
        }
    }

    // Empty events apart: where a CRLF is cut, its LF may come to stand before the next event or alone.
    private static async Task<(byte[] Passed, List<EventVerdict> Verdicts)> FollowAsync(StreamTracker tracker, byte[] input, Func<int> cut)
    {
        using var buffer = new EventBuffer();
        using var passed = new MemoryStream();
        List<EventVerdict> verdicts = [];
        for (var at = 0; at < input.Length;)
        {
            var length = Math.Clamp(cut(), 1, input.Length - at);
            using var piece = new MemoryStream(input, at, length);
            while (await piece.ReadAsync(buffer.GetMemory(), CancellationToken.None) is > 0 and var read)
            {
                buffer.Advance(read);
                while (buffer.TryTake(out var raw, out var whole))
                {
                    Assert.True(whole);
                    passed.Write(raw);
                    Inspect(raw);
                }
            }

            at += length;
        }

        passed.Write(buffer.TakeRest());
        return (passed.ToArray(), verdicts);

        void Inspect(ReadOnlySpan<byte> raw)
        {
            var parsed = SseEvent.Parse(raw);
            var verdict = tracker.Inspect(parsed);
            if (verdict == EventVerdict.Trimmed)
            {
                Assert.InRange(tracker.Trim.Start, 0, parsed.Data.Length);
                Assert.InRange(tracker.Trim.End, tracker.Trim.Start, parsed.Data.Length);
            }

            if (verdict != EventVerdict.Comment)
            {
                verdicts.Add(verdict);
            }
        }
    }
}
