using System.Text;
using CsCheck;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.LlmService.Relay;

public sealed class EventFramerTests
{
    private static readonly string[] Lines =
        ["data: {\"a\":\"ü€😀\"}", "data:x", ": comment", "event: ping", "", "data", "id: 1\u2028", "data: [DONE]"];

    private static readonly string[] Newlines = ["\n", "\r", "\r\n"];

    [Theory]
    [InlineData("data: a\n\ndata: b\n\n", "data: a\n\n|data: b\n\n")]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\n\r\n|data: b\r\n\r\n")]
    [InlineData("data: a\r\rdata: b\r\r", "data: a\r\r|data: b\r\r")]
    [InlineData("data: a\ndata: b\n\n", "data: a\ndata: b\n\n")]
    [InlineData("\n\ndata: a\n\n", "\n|\n|data: a\n\n")]
    [InlineData("data: a\n", "")]
    [InlineData("data: a", "")]
    public void Next_WholeBytes_GivesTheEvents(string text, string events) =>
        Assert.Equal(events, string.Join('|', Split(Encoding.UTF8.GetBytes(text), [])));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void Next_CutAtEveryPair_GivesTheSameDataInTheSameOrder(string newline)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(
            new[] { "data: {\"a\":\"ü€😀\"}", "", ": keep-alive", "", "event: x", "data: one", "data: two", "", "data: [DONE]", "" }
                .Select(line => line + newline)));
        string[] expected = ["{\"a\":\"ü€😀\"}", "", "one\ntwo", "[DONE]"];
        for (var i = 0; i <= bytes.Length; i++)
        {
            for (var j = i; j <= bytes.Length; j++)
            {
                var events = Split(bytes, [i, j]);
                Assert.Equal(Encoding.UTF8.GetString(bytes), string.Concat(events).TrimEnd('\n') + Tail(bytes, events));
                Assert.Equal(expected, events.Select(Data));
            }
        }
    }

    [Fact]
    public void Next_AnyLinesAnyCuts_FindsTheSameDataAsWithoutCuts() =>
        Gen.Select(
                Gen.Int[0, Lines.Length - 1].Select(i => Lines[i]).Array[0, 12],
                Gen.Int[0, 2].Select(i => Newlines[i]).Array[12],
                Gen.Int[0, 200].Array[0, 20])
            .Sample((lines, newlines, cuts) =>
            {
                var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select((line, i) => line + newlines[i % newlines.Length])));

                var whole = Split(bytes, []).Select(Data).Where(data => data.Length > 0);
                var pieces = Split(bytes, [.. cuts.Where(cut => cut <= bytes.Length).Order()]).Select(Data).Where(data => data.Length > 0);

                Assert.Equal(whole, pieces);
            });

    // What of the text is not in any event: an unfinished one, or the LF of a CRLF whose CR ended the last.
    private static string Tail(byte[] bytes, List<string> events)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text[string.Concat(events).TrimEnd('\n').Length..];
    }

    private static string Data(string raw) => Encoding.UTF8.GetString(SseEvent.Parse(Encoding.UTF8.GetBytes(raw)).Data);

    private static List<string> Split(byte[] bytes, int[] cuts)
    {
        var framer = default(EventFramer);
        var events = new List<string>();
        var start = 0;
        foreach (var end in (int[])[.. cuts, bytes.Length])
        {
            int length;
            while ((length = framer.Next(bytes.AsSpan(start, end - start))) > 0)
            {
                events.Add(Encoding.UTF8.GetString(bytes, start, length));
                start += length;
            }
        }

        return events;
    }
}
