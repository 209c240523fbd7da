using System.Text;
using Morgan.LlmService.Metering;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.LlmService.Relay;

public sealed class ChunkTrackerTests
{
    private readonly ChunkTracker _tracker = new(trimUsage: false);

    [Fact]
    public void Inspect_Deltas_CountsThoseWithText()
    {
        Assert.Equal(EventVerdict.Data, Inspect("""{"id":"c1","model":"m1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"""));
        Inspect("""{"choices":[{"index":0,"delta":{"content":"Hi"}}]}""");
        Inspect("""{"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}""");
        Inspect("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}]}""");
        Inspect("""{"choices":[{"index":0,"text":"and"}]}""");

        Assert.Equal(4, _tracker.Deltas);
        Assert.Equal(("c1", "m1"), (_tracker.ResponseId, _tracker.ResponseModel));
    }

    [Fact]
    public void IsComplete_OnlyWhenEveryBegunChoiceIsFinished()
    {
        Inspect("""{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}""");
        Assert.False(_tracker.IsComplete);
        Inspect("""{"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}""");
        Assert.False(_tracker.IsComplete);
        Inspect("""{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""");

        Assert.True(_tracker.IsComplete);
        Assert.Equal("length", _tracker.FinishReason);
    }

    [Fact]
    public void Inspect_Usage_IsTakenWithCachedTokensOfZero()
    {
        Inspect("""{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"audio_tokens":1,"cached_tokens":0}}}""");

        Assert.Equal(new TokenUsage(9, 3, 0), _tracker.Usage);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":1000000,"total_tokens":7}""")]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":5}""")]
    [InlineData("""{"prompt_tokens":"many","completion_tokens":5}""")]
    [InlineData("""{}""")]
    public void Inspect_UsageThatCannotBeTrue_IsIgnored(string usage)
    {
        Assert.Equal(EventVerdict.Data, Inspect($$"""{"choices":[],"usage":{{usage}}}"""));

        Assert.Null(_tracker.Usage);
    }

    [Theory]
    [InlineData("""{"error":{"message":"out of memory","code":500}}""", "out of memory", false)]
    [InlineData("""{"error":"boom"}""", "boom", false)]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"error"}],"error":{"code":429,"message":"slow down"}}""", "slow down", true)]
    [InlineData("""{"error":{"message":"\ud800","code":"rate_limit_exceeded","deep":{"message":"no"}}}""", null, true)]
    public void Inspect_ErrorInside200_IsAnErrorWithItsMessage(string data, string? message, bool isRateLimit)
    {
        Assert.Equal(EventVerdict.Error, Inspect(data));

        Assert.Equal((message, isRateLimit), (_tracker.Error!.Message, _tracker.Error.IsRateLimit));
    }

    [Theory]
    [InlineData("""{"error":null,"choices":[]}""", EventVerdict.Data)]
    [InlineData("[DONE]", EventVerdict.Last)]
    [InlineData("""{"choices":[{"delta":{"content": None}]""", EventVerdict.Malformed)]
    [InlineData("""{"choices":[]""", EventVerdict.Malformed)]
    [InlineData("""{"choices":[]} x""", EventVerdict.Malformed)]
    [InlineData("17", EventVerdict.Malformed)]
    public void Inspect_OtherEvents_AreWhatTheyAre(string data, object verdict) => Assert.Equal(verdict, Inspect(data));

    [Fact]
    public void Inspect_Comment_CommitsNothing() =>
        Assert.Equal(EventVerdict.Comment, _tracker.Inspect(SseEvent.Parse(": ping\n\n"u8)));

    [Theory]
    [InlineData("""{"id":"a","choices":[{"index":0}],"usage":null}""", """{"id":"a","choices":[{"index":0}]}""")]
    [InlineData("""{"id":"a", "usage": null , "choices":[{"index":0}]}""", """{"id":"a" , "choices":[{"index":0}]}""")]
    [InlineData("""{"usage":null,"choices":[{"index":0}]}""", """{"choices":[{"index":0}]}""")]
    [InlineData("""{"choices":[{"index":0}],"usage":{"prompt_tokens":1,"completion_tokens":1}}""", """{"choices":[{"index":0}]}""")]
    public void Inspect_UsageThatTheClientDidNotAskFor_IsTrimmed(string data, string trimmed)
    {
        var tracker = new ChunkTracker(trimUsage: true);

        Assert.Equal(EventVerdict.Trimmed, tracker.Inspect(SseEvent.Parse(Encoding.UTF8.GetBytes($"data: {data}\n\n"))));

        Assert.Equal(trimmed, data.Remove(tracker.Trim.Start, tracker.Trim.Length));
    }

    [Fact]
    public void Inspect_UsageEventThatTheClientDidNotAskFor_IsLeftOut() =>
        Assert.Equal(EventVerdict.Unasked, new ChunkTracker(trimUsage: true).Inspect(
            SseEvent.Parse("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"u8)));

    private EventVerdict Inspect(string data) => _tracker.Inspect(SseEvent.Parse(Encoding.UTF8.GetBytes($"data: {data}\n\n")));
}
