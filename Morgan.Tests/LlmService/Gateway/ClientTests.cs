using System.ClientModel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>The clients that people have, unmodified.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task OpenAIClient_Chat_IsAnswered()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        var completion = await Chat(gateway).CompleteChatAsync(
            [new UserChatMessage("Hello")], cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEmpty(completion.Value.Content[0].Text);
        Assert.True(completion.Value.Usage.OutputTokenCount > 0);
    }

    [Fact]
    public async Task OpenAIClient_Stream_IsAnsweredWithUsage()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        var text = "";
        ChatTokenUsage? usage = null;

        await foreach (var update in Chat(gateway).CompleteChatStreamingAsync(
            [new UserChatMessage("Hello")], cancellationToken: TestContext.Current.CancellationToken))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        Assert.NotEmpty(text);
        Assert.True(usage!.OutputTokenCount > 0);
    }

    [Fact]
    public async Task OpenAIClient_Embeddings_OfAHostsModel_AreAnswered()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        var embedding = await Client(gateway).GetEmbeddingClient("morgan-sim").GenerateEmbeddingAsync(
            "Hello", cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEmpty(embedding.Value.ToFloats().ToArray());
    }

    [Fact]
    public async Task OpenAIClient_Models_AreListed()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        var models = await Client(gateway).GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["morgan-sim"], models.Value.Select(model => model.Id));
    }

    [Fact]
    public async Task ChatClientOfExtensionsAI_StreamAndWhole_AreAnswered()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        using var client = Chat(gateway).AsIChatClient();

        var whole = await client.GetResponseAsync("Hello", cancellationToken: TestContext.Current.CancellationToken);
        var updates = await client.GetStreamingResponseAsync("Hello", cancellationToken: TestContext.Current.CancellationToken)
            .ToChatResponseAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(whole.Text);
        Assert.NotEmpty(updates.Text);
        Assert.Equal(Microsoft.Extensions.AI.ChatFinishReason.Stop, updates.FinishReason);
    }

    [Theory]
    [InlineData(": hello\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ü😀\"}}]}\n\n\n\ndata:{\"choices\":[]}\nid: 7\n\nevent: x\ndata: {\"a\":1}\n\ndata: [DONE]\n\n")]
    [InlineData("data: {\"choices\":[]}\r\n\r\ndata: [DONE]\r\n\r\n")]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]}}],\"usage\":null}\n\ndata: [DONE]\n\n")]
    public async Task Stream_OddFraming_PassesByteForByte(string stream)
    {
        await using var host = await ScriptedHost.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (var piece in stream.Chunk(7))
            {
                await context.Response.WriteAsync(new string(piece));
                await context.Response.Body.FlushAsync();
            }
        });
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=s", $"--Llm:Hosts:0:Url={host.Address}v1");

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream: true, "m"));

        Assert.Equal(stream, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static OpenAIClient Client(RunningGateway gateway) =>
        new(new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = new Uri(gateway.Address, "/v1") });

    private static ChatClient Chat(RunningGateway gateway) => Client(gateway).GetChatClient("morgan-sim");
}
