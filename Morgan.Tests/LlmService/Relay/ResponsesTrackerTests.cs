using System.Text;
using Morgan.LlmService.Metering;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.LlmService.Relay;

public sealed class ResponsesTrackerTests
{
    private readonly ResponsesTracker _tracker = new();

    [Theory]
    [InlineData("completed")]
    [InlineData("incomplete")]
    [InlineData("failed")]
    public void Inspect_LastEvent_EndsTheStreamWithItsUsage(string state)
    {
        Assert.Equal(EventVerdict.Data, Inspect("""{"type":"response.created","response":{"id":"resp_1","model":"m"},"sequence_number":0}"""));
        Assert.Equal(EventVerdict.Data, Inspect("""{"type":"response.output_text.delta","delta":"Hi","sequence_number":1}"""));
        Assert.Equal(EventVerdict.Last, Inspect(
            """{"type":"response.STATE","response":{"id":"resp_1","error":{"code":"x"},"usage":{"input_tokens":4,"output_tokens":2,"total_tokens":6}},"sequence_number":2}"""
                .Replace("STATE", state, StringComparison.Ordinal)));

        Assert.Equal(new TokenUsage(4, 2), _tracker.Usage);
        Assert.Equal((1L, 3L, "resp_1", state), (_tracker.Deltas, _tracker.NextSequenceNumber, _tracker.ResponseId, _tracker.FinishReason));
    }

    [Theory]
    [InlineData("""{"type":"error","code":"server_error","message":"boom","param":null}""")]
    [InlineData("""{"error":{"message":"boom"}}""")]
    public void Inspect_ErrorEvent_IsAnError(string data)
    {
        Assert.Equal(EventVerdict.Error, Inspect(data));
        Assert.Equal("boom", _tracker.Error!.Message);
    }

    private EventVerdict Inspect(string data) => _tracker.Inspect(SseEvent.Parse(Encoding.UTF8.GetBytes($"data: {data}\n\n")));
}
