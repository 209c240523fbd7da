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
        StreamTracker[] trackers = [new ChunkTracker(trimUsage: false), new ChunkTracker(trimUsage: true), new ResponsesTracker()];
        var whole = await FollowAsync(input, () => input.Length, trackers);
        var pieces = await FollowAsync(input, () => random.Next(1, 12), []);
        var bytes = await FollowAsync(input, () => 1, []);
        Assert.True(Same(whole, pieces), "the events are others when the bytes come in pieces");
        Assert.True(Same(whole, bytes), "the events are others when the bytes come one by one");
    }

    // What a tracker goes by: trackers know nothing else of an event, so the same events have the same verdicts. Those
    // without data apart: where a CRLF is cut, its LF may come to stand before the next event or alone.
    private static async Task<List<(byte[] Data, bool IsError)>> FollowAsync(byte[] input, Func<int> cut, StreamTracker[] trackers)
    {
        using var buffer = new EventBuffer();
        await using var host = new PiecesStream(input, cut);
        List<(byte[] Data, bool IsError)> events = [];
        var passed = 0;
        while (await host.ReadAsync(buffer.GetMemory(), CancellationToken.None) is > 0 and var read)
        {
            buffer.Advance(read);
            while (buffer.TryTake(out var raw, out var whole))
            {
                Assert.True(whole, "an event that is small is taken whole");
                Pass(raw);
                Inspect(raw);
            }
        }

        var rest = buffer.TakeRest();
        Pass(rest);
        Inspect(rest);
        Assert.Equal(input.Length, passed);
        return events;

        void Pass(ReadOnlySpan<byte> raw)
        {
            Assert.True(input.AsSpan(passed).StartsWith(raw), "the bytes are the host's, in its order");
            passed += raw.Length;
        }

        void Inspect(ReadOnlySpan<byte> raw)
        {
            var parsed = SseEvent.Parse(raw, buffer.AtStart);
            if (parsed.HasData || parsed.IsError)
            {
                events.Add((parsed.Data.ToArray(), parsed.IsError));
            }

            foreach (var tracker in trackers)
            {
                if (tracker.Inspect(parsed) == EventVerdict.Trimmed)
                {
                    Assert.InRange(tracker.Trim.Start, 0, parsed.Data.Length);
                    Assert.InRange(tracker.Trim.End, tracker.Trim.Start, parsed.Data.Length);
                }
            }
        }
    }

    private static bool Same(List<(byte[] Data, bool IsError)> one, List<(byte[] Data, bool IsError)> other) =>
        one.Count == other.Count && one.Zip(other).All(pair => pair.First.IsError == pair.Second.IsError && pair.First.Data.AsSpan().SequenceEqual(pair.Second.Data));
}
