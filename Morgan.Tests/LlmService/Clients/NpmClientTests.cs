using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.LlmService.Clients;

/// <summary>The npm package <c>openai</c>, in the exact version of npm/package.json.</summary>
public sealed class NpmClientTests
{
    private static readonly TimeSpan TalkDeadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Conversation_WithToolsAndPictures_IsByteForByteWhatTheHostSaysDirectly()
    {
        using var npm = await NpmFolder.InstallAsync("LlmService", "Clients", "npm");
        var (hasNode, _, nodeProblem) = await npm.RunAsync(TalkDeadline, "node", "--version");
        Assert.SkipUnless(hasNode, $"node cannot be run: {nodeProblem}");
        await using var host = await ConversationHost.StartAsync();
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=s", $"--Llm:Hosts:0:Url={host.Address}v1");

        var direct = await TalkAsync(npm, host.Address);
        var sent = host.Bodies.ToArray();
        host.Bodies.Clear();
        var through = await TalkAsync(npm, gateway.Address);

        Assert.Equal(3, direct.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("Köln", direct, StringComparison.Ordinal);
        Assert.Equal(direct, through);
        Assert.Equal(3, sent.Length);
        Assert.Equal(sent, host.Bodies);
    }

    private static async Task<string> TalkAsync(NpmFolder npm, Uri address)
    {
        var (ok, output, problem) = await npm.RunAsync(TalkDeadline, "node", "conversation.mjs", new Uri(address, "/v1").AbsoluteUri);
        Assert.True(ok, problem);
        return output;
    }
}
