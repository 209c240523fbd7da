using System.Net;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Security;

/// <summary>The bounds of docs/security.md on what hosts answer, at their edge and past it.</summary>
public sealed class HostAnswerBoundsTests
{
    private const int Mebi = 1024 * 1024;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Broken JSON: a gateway that looks at all of it refuses it.
    [Theory]
    [InlineData((16 * Mebi) - 1, HttpStatusCode.BadGateway)]
    [InlineData(16 * Mebi, HttpStatusCode.OK)]
    public async Task Answer_BelowWhatIsLookedAt_IsJudgedAndFromThereOnPassedOnAsItIs(int bytes, HttpStatusCode expected)
    {
        const string Start = """{"choices":[],"x":" """;
        await using var host = await AnswersAsync(200, Start + new string('x', bytes - Start.Length));
        await using var gateway = await StartAsync(host);

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "m"));

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.OK)
        {
            Assert.Equal(bytes, (await response.Content.ReadAsByteArrayAsync(Cancelled)).Length);
        }
    }

    [Theory]
    [InlineData(Mebi, true)]
    [InlineData(Mebi + 1, false)]
    public async Task ErrorOfAHost_AtItsBound_IsPassedOnAndPastItReplaced(int bytes, bool passed)
    {
        const string Frame = """{"error":{"message":"the host's own"},"x":""}""";
        await using var host = await AnswersAsync(400, Frame.Insert(Frame.Length - 2, new string('x', bytes - Frame.Length)));
        await using var gateway = await StartAsync(host);

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "m"));
        var body = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(passed, body.Contains("the host's own", StringComparison.Ordinal));
        Assert.Equal(!passed, body.Contains("bad_upstream_response", StringComparison.Ordinal));
        Assert.Equal(passed, body.Length == bytes);
    }

    [Theory]
    [InlineData(63 * 1024, HttpStatusCode.OK)]
    [InlineData(65 * 1024, HttpStatusCode.BadGateway)]
    public async Task HostHeaders_AtTheirBound_AreReadAndPastItABadAnswer(int bytes, HttpStatusCode expected)
    {
        const string Body = """{"choices":[]}""";
        await using var host = new RawHost($"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {Body.Length}\r\nset-cookie: {new string('x', bytes)}\r\n\r\n{Body}");
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Url}", "--Llm:Retry:MaxRetries=0");

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "m"));

        Assert.Equal(expected, response.StatusCode);
    }

    private static Task<ScriptedHost> AnswersAsync(int status, string body) => ScriptedHost.StartAsync(context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes(body)).AsTask();
    });

    private static Task<RunningGateway> StartAsync(ScriptedHost host) =>
        RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Address}v1", "--Llm:Retry:MaxRetries=0");
}
