using System.ClientModel;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Morgan.Tests.LlmSimulator;

/// <summary>The official OpenAI client, unmodified, takes the simulator for the real thing.</summary>
public sealed class OpenAiClientTests
{
    [Fact]
    public async Task Chat_WholeAndStreamed_AreTheSameText()
    {
        await using var simulator = await Simulator.StartAsync();
        var chat = Client(simulator).GetChatClient("morgan-sim");
        ChatMessage[] messages = [new UserChatMessage("Hello, who are you?")];
        ChatCompletion whole = await chat.CompleteChatAsync(messages, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(ChatFinishReason.Stop, whole.FinishReason);
        Assert.Equal(64, whole.Usage.OutputTokenCount);

        string streamed = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in chat.CompleteChatStreamingAsync(messages, cancellationToken: TestContext.Current.CancellationToken))
        {
            streamed += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        Assert.Equal(whole.Content[0].Text, streamed);
        Assert.Equal(whole.Usage.TotalTokenCount, usage?.TotalTokenCount);
    }

    [Fact]
    public async Task Embeddings_ModelsAndErrors_AreRead()
    {
        await using var simulator = await Simulator.StartAsync();
        var client = Client(simulator);
        OpenAIEmbeddingCollection vectors = await client.GetEmbeddingClient("morgan-sim").GenerateEmbeddingsAsync(
            ["a", "b"], new EmbeddingGenerationOptions { Dimensions = 8 }, TestContext.Current.CancellationToken);
        Assert.Equal([8, 8], vectors.Select(v => v.ToFloats().Length));
        Assert.Equal("morgan-sim", (await client.GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken)).Value.Single().Id);
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => client.GetChatClient("nobody").CompleteChatAsync("Hello"));
        Assert.Equal(404, failure.Status);
    }

    private static OpenAIClient Client(Simulator simulator) =>
        new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(simulator.Address, "/v1") });
}
