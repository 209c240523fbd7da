using System.Net;
using System.Text.Json;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class ChatTests
{
    [Fact]
    public async Task Chat_NotStreamed_IsTheHostsAnswerWithMorgansHeaders()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        using var response = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.Equal("one", response.Headers.GetValues("x-morgan-host").Single());
        Assert.Equal("1", response.Headers.GetValues("x-morgan-attempts").Single());
        Assert.True(double.Parse(response.Headers.GetValues("x-morgan-overhead-ms").Single(), System.Globalization.CultureInfo.InvariantCulture) >= 0);
        Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
    }

    [Fact]
    public async Task Chat_Streamed_EndsWithOneDone()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        using var response = await gateway.ChatAsync(stream: true);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("[DONE]").Length - 1);
        Assert.Equal("one", response.Headers.GetValues("x-morgan-host").Single());
    }

    [Fact]
    public async Task Completions_NotStreamed_AreAnswered()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        using var response = await gateway.PostAsync("/v1/completions", """{"model":"morgan-sim","prompt":"Once upon a time"}""");

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
    }

    [Fact]
    public async Task Models_OfAllHosts_AreListedOnce()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two", "--Simulator:Models:0=morgan-sim", "--Simulator:Models:1=org/other");
        await using var gateway = await RunningGateway.StartAsync([one, two], "--Llm:Models:fast:0=morgan-sim");

        var list = await gateway.GetAsync<JsonElement>("/v1/models");
        var other = await gateway.GetAsync<JsonElement>("/v1/models/org/other");

        Assert.Equal(["fast", "morgan-sim", "org/other"], list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        Assert.Equal("org/other", other.GetProperty("id").GetString());
        Assert.All(list.GetProperty("data").EnumerateArray(), model => Assert.InRange(model.GetProperty("created").GetInt64(), 1_700_000_000, long.MaxValue));
    }
}
