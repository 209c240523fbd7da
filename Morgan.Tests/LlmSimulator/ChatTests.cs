using System.Net;
using System.Text.Json;
using CsCheck;
using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Formats;
using Morgan.LlmSimulator.Requests;

namespace Morgan.Tests.LlmSimulator;

public sealed class ChatTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task Answer_SaysThatItIsSimulated_HowToAddAHost_AndWhatWasSaid()
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Name=sim-fast");
        string text = Text(await simulator.ChatAsync("Tell me about lighthouses, please."));
        Assert.Contains("sim-fast", text, StringComparison.Ordinal);
        Assert.Contains("simulate", text, StringComparison.Ordinal);
        Assert.Contains("morgan.json", text, StringComparison.Ordinal);
        Assert.Contains("Llm:Hosts", text, StringComparison.Ordinal);
        Assert.Contains("Tell me about lighthouses, please", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_HasThePlannedTokens_AndUsageCountsThem()
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Plan:Tokens=150");
        var answer = await simulator.ChatAsync("one two three");
        var usage = answer.GetProperty("usage");
        Assert.Equal(150, TokenSplitter.Count(Text(answer)));
        Assert.Equal(150, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(3 + 4, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(157, usage.GetProperty("total_tokens").GetInt32());
        var stats = await simulator.StatsAsync();
        Assert.Equal((7, 150, 1), (stats.PromptTokens, stats.TokensSent, stats.Outcomes["ok"]));
    }

    [Fact]
    public async Task Stream_IsTheSameTextInPieces_RoleFirst_DoneLast()
    {
        await using var simulator = await Simulator.StartAsync();
        string whole = Text(await simulator.ChatAsync("Grüße 🦉"));
        var events = await simulator.EventsAsync(Path, Simulator.Chat("Grüße 🦉", stream: true));
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("choices")[0]).ToList();
        Assert.Equal("assistant", chunks[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal(whole, string.Concat(chunks.Select(Piece)));
        Assert.Equal("stop", chunks[^1].GetProperty("finish_reason").GetString());
        Assert.Equal(1 + 64 + 1, chunks.Count);
    }

    [Fact]
    public async Task Stream_SaysUsageLast_OnlyWhenAsked()
    {
        await using var simulator = await Simulator.StartAsync();
        var without = await simulator.EventsAsync(Path, Simulator.Chat(stream: true));
        Assert.DoesNotContain(without, e => e.Contains("usage", StringComparison.Ordinal));
        var with = await simulator.EventsAsync(Path, Simulator.Chat(stream: true, more: "\"stream_options\":{\"include_usage\":true}"));
        var last = JsonDocument.Parse(with[^2]).RootElement;
        Assert.Equal(0, last.GetProperty("choices").GetArrayLength());
        Assert.Equal(64, last.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.All(with.SkipLast(2), e => Assert.Contains("\"usage\":null", e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"max_tokens\":5", 5, "length")]
    [InlineData("\"max_completion_tokens\":5,\"max_tokens\":9", 5, "length")]
    [InlineData("\"max_tokens\":64", 64, "stop")]
    [InlineData("\"max_tokens\":1000", 64, "stop")]
    public async Task MaxTokens_EndsTheAnswer(string limit, int tokens, string reason)
    {
        await using var simulator = await Simulator.StartAsync();
        var answer = await simulator.ChatAsync(more: limit);
        Assert.Equal(tokens, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(reason, answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData("\"stop\":\"rgan.json\"")]
    [InlineData("\"stop\":[\"nowhere\",\"rgan.json\",\"Llm\"]")]
    public async Task Stop_EndsTheAnswerBeforeTheText_AlsoInsideAToken(string stop)
    {
        await using var simulator = await Simulator.StartAsync();
        var answer = await simulator.ChatAsync(more: stop);
        Assert.EndsWith(" mo", Text(answer), StringComparison.Ordinal);
        Assert.Equal("stop", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(TokenSplitter.Count(Text(answer)), answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task N_GivesAnswersThatDiffer(bool stream)
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Plan:Tokens=200");
        string[] texts;
        if (stream)
        {
            var events = await simulator.EventsAsync(Path, Simulator.Chat(stream: true, more: "\"n\":3"));
            var choices = events.SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("choices")[0]).ToList();
            texts = [.. choices.GroupBy(c => c.GetProperty("index").GetInt32()).OrderBy(g => g.Key).Select(g => string.Concat(g.Select(Piece)))];
        }
        else
        {
            var answer = await simulator.ChatAsync(more: "\"n\":3");
            Assert.Equal(600, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
            texts = [.. answer.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("message").GetProperty("content").GetString()!)];
        }

        Assert.Equal(3, texts.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task ToolsAndImages_AreTakenAndMentioned()
    {
        await using var simulator = await Simulator.StartAsync("Simulator:Plan:Tokens=200");
        var answer = await simulator.AskAsync(Path, """
            {"model":"morgan-sim","messages":[
              {"role":"system","content":"Be brief."},
              {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"look","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"1","content":"a cat"}],
             "tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object"}}}]}
            """);
        Assert.Contains("“What is this?”", Text(answer), StringComparison.Ordinal);
        Assert.Contains("image", Text(answer), StringComparison.Ordinal);
        Assert.Contains("look", Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SameSeed_GivesTheSameBytes_AnotherHostNameOthers()
    {
        await using var one = await Simulator.StartAsync("Simulator:Name=a", "Simulator:Plan:Tokens=300");
        await using var two = await Simulator.StartAsync("Simulator:Name=a", "Simulator:Plan:Tokens=300");
        await using var other = await Simulator.StartAsync("Simulator:Name=b", "Simulator:Plan:Tokens=300");
        string first = Text(await one.ChatAsync());
        Assert.Equal(first, Text(await two.ChatAsync()));
        Assert.NotEqual(first.Replace("a", "b", StringComparison.Ordinal), Text(await other.ChatAsync()));
        await two.PlanAsync("\"seed\":2,\"tokens\":300");
        Assert.NotEqual(first, Text(await two.ChatAsync()));
    }

    [Theory]
    [InlineData("{", 400, "invalid_json", null)]
    [InlineData("[]", 400, "invalid_json", null)]
    [InlineData("""{"messages":[]}""", 400, "missing_required_parameter", "model")]
    [InlineData("""{"model":"morgan-sim"}""", 400, "missing_required_parameter", "messages")]
    [InlineData("""{"model":"morgan-sim","messages":[]}""", 400, "invalid_value", "messages")]
    [InlineData("""{"model":"morgan-sim","messages":["x"]}""", 400, "invalid_value", "messages[0]")]
    [InlineData("""{"model":"morgan-sim","messages":[{"role":"user","content":7}]}""", 400, "invalid_value", "messages[0].content")]
    [InlineData("""{"model":"morgan-sim","messages":[{"role":"user","content":"\ud83d"}]}""", 400, "invalid_json", null)]
    [InlineData("""{"model":"morgan-sim","messages":[{}],"n":0}""", 400, "invalid_value", "n")]
    [InlineData("""{"model":"morgan-sim","messages":[{}],"max_tokens":"many"}""", 400, "invalid_value", "max_tokens")]
    [InlineData("""{"model":"morgan-sim","messages":[{}],"stream":"yes"}""", 400, "invalid_value", "stream")]
    [InlineData("""{"model":"morgan-sim","messages":[{}],"stop":[1]}""", 400, "invalid_value", "stop")]
    [InlineData("""{"model":"gpt-x","messages":[{}]}""", 404, "model_not_found", "model")]
    public async Task BadRequest_IsRefusedWithTheParametersName(string body, int status, string code, string? param)
    {
        await using var simulator = await Simulator.StartAsync();
        using var response = await simulator.PostAsync(Path, body);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error");
        Assert.Equal(((HttpStatusCode)status, code, param), (response.StatusCode, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Equal(1, (await simulator.StatsAsync()).Outcomes["invalid"]);
    }

    [Fact]
    public void Split_JoinedAgain_IsTheText() => Gen.String.Sample(text =>
    {
        List<string> tokens = [];
        TokenSplitter.Split(text, tokens);
        return string.Concat(tokens) == text && tokens.Count == TokenSplitter.Count(text);
    });

    [Fact]
    public void Compose_OfAnyLength_HasExactlySoManyTokens() => Gen.Select(Gen.Int[1, 400], Gen.ULong, Gen.String).Sample((count, seed, said) =>
    {
        var request = new GenerationRequest { Model = "m", Format = new ChatFormat(), Prompts = [] };
        return new AnswerText("host", seed).Compose(request, new Prompt(said, 1), count, earlierTopic: null, multilingual: false).Count == count;
    });

    [Fact]
    public void Closings_AreInTheOrderOfTheirTokens() =>
        Assert.Equal(Enumerable.Range(2, Phrases.Closings.Length), Phrases.Closings.Select(c => TokenSplitter.Count(c)));

    private static string Text(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    private static string Piece(JsonElement choice) =>
        choice.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString()! : "";
}
