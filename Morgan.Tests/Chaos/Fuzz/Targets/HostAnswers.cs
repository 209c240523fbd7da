using System.Text.Json;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Answers of hosts in one piece.</summary>
internal sealed class HostAnswers() : FuzzTarget("host-answers")
{
    private static readonly string[] Names =
        ["id", "object", "model", "choices", "index", "message", "content", "finish_reason", "usage", "prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "error", "code", "type", "status", "incomplete_details", "reason"];

    public override int QuickInputs => 15_000;

    public override byte[] Make(Random random) => Noise.Json(random, Names);

    public override ValueTask CheckAsync(byte[] input, Random random)
    {
        var answer = new AnswerReader();
        try
        {
            answer.Read(input);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default; // which sends the request to another host
        }

        Assert.True(answer.Usage is not { } usage || (usage.Input >= 0 && usage.Output >= 0), "usage is a count");
        return default;
    }

    public override long? MostAllocated(int inputLength) => 256 * 1024 + (64L * inputLength);
}
