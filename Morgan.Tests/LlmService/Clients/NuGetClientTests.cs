using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Microsoft.Extensions.AI;
using Morgan.Tests.LlmService.Gateway;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = OpenAI.Chat.ChatMessage;

namespace Morgan.Tests.LlmService.Clients;

/// <summary>The OpenAI NuGet package, and Microsoft.Extensions.AI over it.</summary>
public sealed class NuGetClientTests
{
    private static readonly byte[] Picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAIClient_WithToolsAndPictures_IsByteForByteWhatTheHostSaysDirectly() => await CompareAsync(async client =>
    {
        var options = new ChatCompletionOptions { Temperature = 0.25f, Tools = { Weather } };
        var whole = await client.CompleteChatAsync(Messages, options, Cancellation);
        Assert.Equal("{\"city\":\"Köln\"}", whole.Value.ToolCalls[0].FunctionArguments.ToString());
        var text = new StringBuilder();
        var arguments = new StringBuilder();
        await foreach (var update in client.CompleteChatStreamingAsync(Messages, options, Cancellation))
        {
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
            arguments.AppendJoin("", update.ToolCallUpdates.Select(part => part.FunctionArgumentsUpdate.ToString()));
        }

        Assert.Equal(("Grüße 😀", "{\"city\":\"Köln\"}"), (text.ToString(), arguments.ToString()));
    });

    [Fact]
    public async Task ChatClientOfExtensionsAI_WithToolsAndPictures_IsByteForByteWhatTheHostSaysDirectly() => await CompareAsync(async client =>
    {
        using var chat = client.AsIChatClient();
        var weather = AIFunctionFactory.Create((string city) => $"rain in {city}", "weather", "The weather of a city.");
        var options = new ChatOptions { Tools = [weather] };
        var message = new Microsoft.Extensions.AI.ChatMessage(
            ChatRole.User, [new TextContent("What is in the picture?"), new DataContent(Picture, "image/png")]);

        var whole = await chat.GetResponseAsync([message], options, Cancellation);
        var streamed = await chat.GetStreamingResponseAsync([message], options, Cancellation).ToChatResponseAsync(Cancellation);

        foreach (var response in (ChatResponse[])[whole, streamed])
        {
            Assert.Equal("Grüße 😀", response.Text);
            var call = Assert.Single(response.Messages.SelectMany(said => said.Contents).OfType<FunctionCallContent>());
            Assert.Equal("Köln", call.Arguments!["city"]!.ToString());
        }
    });

    private static ChatTool Weather { get; } = ChatTool.CreateFunctionTool(
        "weather", "The weather of a city.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    private static ChatMessage[] Messages { get; } =
    [
        new SystemChatMessage("Answer briefly. 😀"),
        new UserChatMessage(
            ChatMessageContentPart.CreateTextPart("What is in the picture, and how is the weather there?"),
            ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(Picture), "image/png", ChatImageDetailLevel.Low)),
    ];

    // Both ways the host is sent the same bytes, and the client gets the same.
    private static async Task CompareAsync(Func<ChatClient, Task> talk)
    {
        await using var host = await ConversationHost.StartAsync();
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=s", $"--Llm:Hosts:0:Url={host.Address}v1");

        var direct = await TalkAsync(host.Address, talk);
        var sent = host.Bodies.ToArray();
        host.Bodies.Clear();
        var through = await TalkAsync(gateway.Address, talk);

        Assert.Equal(2, direct.Count);
        Assert.Equal(direct, through);
        Assert.Equal(2, sent.Length);
        Assert.Equal(sent, host.Bodies);
    }

    private static async Task<List<byte[]>> TalkAsync(Uri address, Func<ChatClient, Task> talk)
    {
        using var recorder = new RecordingHandler();
        using var http = new HttpClient(recorder);
        var client = new OpenAIClient(
            new ApiKeyCredential("unused"),
            new OpenAIClientOptions { Endpoint = new Uri(address, "/v1"), Transport = new HttpClientPipelineTransport(http) });
        await talk(client.GetChatClient("m"));
        return recorder.Answers;
    }
}
