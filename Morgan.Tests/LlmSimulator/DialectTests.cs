using System.Net;
using System.Text.Json;

namespace Morgan.Tests.LlmSimulator;

/// <summary>Everything that isn't chat: completions, responses, embeddings, models.</summary>
public sealed class DialectTests
{
    private const string Responses = "/v1/responses";

    [Fact]
    public async Task Completions_AnswerEachPromptNTimes()
    {
        await using var simulator = await Simulator.StartAsync();
        var answer = await simulator.AskAsync("/v1/completions", """{"model":"morgan-sim","prompt":["first one","second one"],"n":2,"max_tokens":40}""");
        var choices = answer.GetProperty("choices").EnumerateArray().ToList();
        Assert.Equal([0, 1, 2, 3], choices.Select(c => c.GetProperty("index").GetInt32()));
        Assert.All(choices.Take(2), c => Assert.Contains("first one", c.GetProperty("text").GetString(), StringComparison.Ordinal));
        Assert.All(choices.Skip(2), c => Assert.Contains("second one", c.GetProperty("text").GetString(), StringComparison.Ordinal));
        Assert.Equal((4, 160), Usage(answer, "prompt_tokens", "completion_tokens"));
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("[1,2,3]")]
    [InlineData("[[1,2],[3]]")]
    public async Task Completions_Streamed_EndWithReasonAndDone(string prompt)
    {
        await using var simulator = await Simulator.StartAsync();
        var events = await simulator.EventsAsync("/v1/completions", $$"""{"model":"morgan-sim","stream":true,"max_tokens":3,"prompt":{{prompt}}}""");
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal("length", JsonDocument.Parse(events[^2]).RootElement.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Responses_HaveOneMessageOfText()
    {
        await using var simulator = await Simulator.StartAsync();
        var answer = await simulator.AskAsync(Responses, """{"model":"morgan-sim","input":"Hello there","instructions":"Be kind"}""");
        Assert.Equal("completed", answer.GetProperty("status").GetString());
        Assert.Contains("Hello there", Text(answer), StringComparison.Ordinal);
        Assert.Equal((12, 64), Usage(answer, "input_tokens", "output_tokens"));
    }

    [Fact]
    public async Task Responses_Streamed_SendTheirEventsInOrder()
    {
        await using var simulator = await Simulator.StartAsync();
        var events = (await simulator.EventsAsync(Responses, """{"model":"morgan-sim","stream":true,"input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]}]}"""))
            .Select(e => JsonDocument.Parse(e).RootElement).ToList();
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            events.Select(e => e.GetProperty("type").GetString()).Distinct());
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => e.GetProperty("sequence_number").GetInt32()));
        string text = Text(events[^1].GetProperty("response"));
        Assert.Equal(text, string.Concat(events.Where(e => e.TryGetProperty("delta", out _)).Select(e => e.GetProperty("delta").GetString())));
    }

    [Fact]
    public async Task Responses_CutByMaxOutputTokens_AreIncomplete()
    {
        await using var simulator = await Simulator.StartAsync();
        var events = await simulator.EventsAsync(Responses, """{"model":"morgan-sim","stream":true,"max_output_tokens":3,"input":"Hi"}""");
        var last = JsonDocument.Parse(events[^1]).RootElement;
        Assert.Equal("response.incomplete", last.GetProperty("type").GetString());
        Assert.Equal("max_output_tokens", last.GetProperty("response").GetProperty("incomplete_details").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task PreviousResponse_IsKnownOnlyToTheHostThatMadeIt()
    {
        await using var maker = await Simulator.StartAsync("Simulator:Name=maker", "Simulator:Plan:Tokens=200");
        await using var other = await Simulator.StartAsync("Simulator:Name=other");
        var first = await maker.AskAsync(Responses, """{"model":"morgan-sim","input":"my boat"}""");
        string next = $$"""{"model":"morgan-sim","input":"and its sails","previous_response_id":"{{first.GetProperty("id").GetString()}}"}""";
        var second = await maker.AskAsync(Responses, next);
        Assert.Contains("“my boat”", Text(second), StringComparison.Ordinal);
        using var refused = await other.PostAsync(Responses, next);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("previous_response_not_found", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PreviousResponse_ThatWasNotStored_IsUnknown()
    {
        await using var simulator = await Simulator.StartAsync();
        var first = await simulator.AskAsync(Responses, """{"model":"morgan-sim","input":"my boat","store":false}""");
        using var refused = await simulator.PostAsync(Responses, $$"""{"model":"morgan-sim","input":"x","previous_response_id":"{{first.GetProperty("id").GetString()}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Embeddings_AreUnitVectors_TheSameForTheSameText()
    {
        await using var simulator = await Simulator.StartAsync();
        var answer = await simulator.AskAsync("/v1/embeddings", """{"model":"morgan-sim","input":["a red boat","a red ship","a red boat"],"dimensions":64}""");
        var vectors = answer.GetProperty("data").EnumerateArray()
            .Select(d => d.GetProperty("embedding").EnumerateArray().Select(v => v.GetSingle()).ToArray()).ToList();
        Assert.All(vectors, v => Assert.Equal(1, v.Sum(x => x * x), 1e-4));
        Assert.Equal(vectors[0], vectors[2]);
        double likeness = vectors[0].Zip(vectors[1], (x, y) => x * y).Sum();
        Assert.InRange(likeness, 0.3, 0.95);
        Assert.Equal((9, 9), Usage(answer, "prompt_tokens", "total_tokens"));
    }

    [Fact]
    public async Task Embeddings_InBase64_AreTheSameFloats()
    {
        await using var simulator = await Simulator.StartAsync();
        var plain = await simulator.AskAsync("/v1/embeddings", """{"model":"morgan-sim","input":[1,2,3]}""");
        var packed = await simulator.AskAsync("/v1/embeddings", """{"model":"morgan-sim","input":[1,2,3],"encoding_format":"base64"}""");
        byte[] bytes = packed.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        float[] floats = [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToSingle(bytes, i * 4))];
        Assert.Equal(plain.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(v => v.GetSingle()), floats);
        Assert.Equal(256, floats.Length);
    }

    [Theory]
    [InlineData("/v1/embeddings", """{"model":"morgan-sim"}""", "input")]
    [InlineData("/v1/embeddings", """{"model":"morgan-sim","input":[]}""", "input")]
    [InlineData("/v1/embeddings", """{"model":"morgan-sim","input":[{}]}""", "input")]
    [InlineData("/v1/embeddings", """{"model":"morgan-sim","input":"a","encoding_format":"hex"}""", "encoding_format")]
    [InlineData("/v1/embeddings", """{"model":"morgan-sim","input":"a","dimensions":0}""", "dimensions")]
    [InlineData("/v1/completions", """{"model":"morgan-sim"}""", "prompt")]
    [InlineData("/v1/responses", """{"model":"morgan-sim"}""", "input")]
    [InlineData("/v1/responses", """{"model":"morgan-sim","input":7}""", "input")]
    public async Task BadRequest_IsRefusedWithTheParametersName(string path, string body, string param)
    {
        await using var simulator = await Simulator.StartAsync();
        using var response = await simulator.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error");
        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Models_AreThoseConfigured()
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Models:0=small", "Simulator:Models:1=org/large:8b");
        var list = JsonDocument.Parse(await simulator.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(["small", "org/large:8b"], list.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        using var one = await simulator.Client.GetAsync("/v1/models/org/large:8b", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, one.StatusCode);
        using var none = await simulator.Client.GetAsync("/v1/models/morgan-sim", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Root_TellsAPersonWhatThisIs()
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Name=sim-slow");
        string text = await simulator.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains("sim-slow is a simulated LLM host", text, StringComparison.Ordinal);
        Assert.Contains(simulator.Address.Authority, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownPath_UnderV1_IsAnOpenAiError()
    {
        await using var simulator = await Simulator.StartAsync();
        using var response = await simulator.PostAsync("/v1/audio/speech", "{}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("unknown_url", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Text(JsonElement response) =>
        response.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString()!;

    private static (int First, int Second) Usage(JsonElement answer, string first, string second) =>
        (answer.GetProperty("usage").GetProperty(first).GetInt32(), answer.GetProperty("usage").GetProperty(second).GetInt32());
}
