using System.Text;
using System.Text.Json;

namespace Morgan.Tests.LlmSimulator;

/// <summary>Faults inside an answer, seen from the wire.</summary>
public sealed class FaultTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task Cut_OfAStream_EndsInGoodOrderWithoutDone()
    {
        var answer = await AskAsync("cut", stream: true, "\"afterEvents\":4");
        Assert.True(answer.IsWhole);
        Assert.Equal(4, answer.Events.Count);
        Assert.DoesNotContain("[DONE]", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cut_OfABody_ClosesBeforeThePromisedLength()
    {
        var answer = await AskAsync("cut", stream: false);
        Assert.Equal((WireEnd.Closed, false), (answer.End, answer.IsWhole));
        Assert.NotEmpty(answer.Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reset_ComesAfterTheBytesBeforeIt(bool stream)
    {
        var answer = await AskAsync("reset", stream, "\"afterEvents\":4");
        Assert.Equal((WireEnd.Reset, false), (answer.End, answer.IsWhole));
        Assert.StartsWith("HTTP/1.1 200", answer.Head, StringComparison.Ordinal);
        Assert.Equal(stream ? 4 : 1, stream ? answer.Events.Count : answer.Chunks.Count);
    }

    [Fact]
    public async Task Fault_AfterMoreEventsThanThereAre_ShowsBeforeTheLast()
    {
        var answer = await AskAsync("cut", stream: true, "\"afterEvents\":1000");
        Assert.True(answer.IsWhole);
        Assert.Contains("\"finish_reason\":\"stop\"", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorIn200_OfAStream_IsAnEventThenDone()
    {
        var answer = await AskAsync("error-in-200", stream: true, "\"afterEvents\":0");
        Assert.StartsWith("HTTP/1.1 200", answer.Head, StringComparison.Ordinal);
        Assert.Equal(2, answer.Events.Count);
        Assert.True(JsonDocument.Parse(answer.Events[0]).RootElement.TryGetProperty("error", out _));
        Assert.Equal("[DONE]", answer.Events[1]);
    }

    [Fact]
    public async Task ErrorIn200_OfABody_IsTheErrorObject()
    {
        var answer = await AskAsync("error-in-200", stream: false);
        Assert.StartsWith("HTTP/1.1 200", answer.Head, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(answer.Body).RootElement.TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("error-in-200", "event: error\ndata: {\"type\":\"error\"")]
    [InlineData("malformed-json", "event: response.output_text.delta\ndata: {\"choices\":[{\"delta\":{\"content\": None}]\n\n")]
    public async Task Fault_OfAResponsesStream_ComesAsAnEventOfThatApi(string kind, string expected)
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync(kind, "\"afterEvents\":6");
        var answer = await WireAnswer.PostAsync(simulator.Address, "/v1/responses", """{"model":"morgan-sim","stream":true,"input":"Hi"}""");
        Assert.Contains(expected, answer.Body, StringComparison.Ordinal);
        Assert.Equal(kind == "malformed-json", answer.Body.Contains("response.completed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MalformedJson_OfAStream_IsOneEventAmongGoodOnes()
    {
        var answer = await AskAsync("malformed-json", stream: true, "\"afterEvents\":2");
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(answer.Events[2]));
        Assert.Single(answer.Events, e => e != "[DONE]" && !IsJson(e));
        Assert.Equal("[DONE]", answer.Events[^1]);
    }

    [Fact]
    public async Task MalformedJson_OfABody_IsWholeButNotJson()
    {
        var answer = await AskAsync("malformed-json", stream: false);
        Assert.True(answer.IsWhole);
        Assert.False(IsJson(answer.Body));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TruncatedJson_IsAWholeResponseOfHalfAnObject(bool stream)
    {
        var answer = await AskAsync("truncated-json", stream, "\"afterEvents\":2");
        Assert.True(answer.IsWhole);
        Assert.Contains("Transfer-Encoding: chunked", answer.Head, StringComparison.Ordinal);
        Assert.False(IsJson(stream ? answer.Events[2] : answer.Body));
        Assert.Equal(stream ? 3 : 1, stream ? answer.Events.Count : answer.Chunks.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SplitUtf8_TearsCharactersOfTwoThreeAndFourBytes_AndTheWholeIsRight(bool stream)
    {
        var answer = await AskAsync("split-utf8", stream);
        Assert.True(answer.IsWhole);
        Assert.Contains("🦉", stream ? string.Concat(answer.Events.Select(Content)) : answer.Body, StringComparison.Ordinal);
        var torn = answer.Chunks.Where(c => (c[0] & 0xC0) == 0x80).ToList();
        Assert.Contains(torn, c => c.Length >= 1 && IsEndOf(c, 1));
        Assert.Contains(torn, c => IsEndOf(c, 2));
        Assert.True(torn.Count >= 10, $"{torn.Count} characters torn");
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        Assert.DoesNotContain('\uFFFD', strict.GetString([.. answer.Chunks.SelectMany(c => c)]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NoUsage_LeavesItOutThoughAskedFor(bool stream)
    {
        var answer = await AskAsync("no-usage", stream);
        Assert.DoesNotContain("completion_tokens", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LyingUsage_IsNonsense(bool stream)
    {
        var answer = await AskAsync("lying-usage", stream);
        Assert.Contains("\"prompt_tokens\":0,\"completion_tokens\":1000000,\"total_tokens\":7", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DuplicateDone_EndsAStreamTwice()
    {
        var answer = await AskAsync("duplicate-done", stream: true);
        Assert.Equal(["[DONE]", "[DONE]"], answer.Events.TakeLast(2));
        Assert.Equal(2, answer.Events.Count(e => e == "[DONE]"));
    }

    [Fact]
    public async Task HugeEvent_IsOfOneMebibyteAtItsPlace()
    {
        var answer = await AskAsync("huge-event", stream: true, "\"afterEvents\":5");
        Assert.Equal(5, answer.Events.ToList().FindIndex(e => e.Length > 1 << 20));
        Assert.True(IsJson(answer.Events[5]));
        Assert.Equal("[DONE]", answer.Events[^1]);
    }

    [Theory]
    [InlineData("malformed-json")]
    [InlineData("lying-usage")]
    [InlineData("truncated-json")]
    public async Task Fault_ConcernsEmbeddingsToo(string kind)
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync(kind);
        var answer = await WireAnswer.PostAsync(simulator.Address, "/v1/embeddings", """{"model":"morgan-sim","input":"a"}""");
        Assert.Equal(kind == "lying-usage", IsJson(answer.Body));
    }

    private static async Task<WireAnswer> AskAsync(string kind, bool stream, string more = "\"rate\":1")
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync(kind, more);
        var answer = await WireAnswer.PostAsync(simulator.Address, Path, Simulator.Chat(stream: stream, more: "\"stream_options\":{\"include_usage\":true}"));
        await Eventually.TrueAsync(
            async () => (await simulator.StatsAsync()).Outcomes.GetValueOrDefault(kind) == 1, "the outcome is counted");
        return answer;
    }

    private static string Content(string data) => data == "[DONE]" ? "" : string.Concat(JsonDocument.Parse(data).RootElement
        .GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : ""));

    private static bool IsEndOf(byte[] chunk, int bytes) =>
        chunk.Length >= bytes && chunk.Take(bytes).All(b => (b & 0xC0) == 0x80) && (chunk.Length == bytes || (chunk[bytes] & 0xC0) != 0x80);

    private static bool IsJson(string text)
    {
        try
        {
            JsonDocument.Parse(text).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
