using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Security;

/// <summary>Messages whose frame can be read in two ways: nothing that one side takes for a body is a request to the other.</summary>
public sealed class FramingTests
{
    private const string Smuggled = "POST /v1/chat/completions HTTP/1.1\r\nHost: smuggled\r\nContent-Length: 0\r\n\r\n";

    private static readonly string Chat = RunningGateway.ChatBody(model: "m");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", true)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5", true)]
    [InlineData("Transfer-Encoding: xchunked", true)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", true)]
    [InlineData("Transfer-Encoding: chunked, identity", true)]
    [InlineData("Transfer-Encoding: identity, chunked", true)]
    [InlineData("Transfer-Encoding : chunked", true)]
    [InlineData("Transfer-Encoding:\u000bchunked", true)]
    [InlineData("Content-Length: 5\r\nContent-Length: {0}", false)]
    [InlineData("Content-Length: +{0}", false)]
    [InlineData("Content-Length: {0},{0}", false)]
    [InlineData("Content-Length: 0x10", false)]
    [InlineData("Content-Length: -1", false)]
    [InlineData("Content-Length: 99999999999999999999", false)]
    [InlineData("X-A: b\r\n folded: smuggled\r\nContent-Length: {0}", false)]
    [InlineData("X-A: b\0smuggled\r\nContent-Length: {0}", false)]
    [InlineData("X-A: b\rX-B: smuggled\r\nContent-Length: {0}", false)]
    public async Task Request_ThatCanBeReadInTwoWays_IsRefusedOrOneRequest(string headers, bool chunked)
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Address}v1");
        var body = chunked ? string.Create(CultureInfo.InvariantCulture, $"{Chat.Length:x}\r\n{Chat}\r\n0\r\n\r\n") : Chat;

        var answer = await SendAsync(gateway.Address, string.Create(CultureInfo.InvariantCulture,
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: close\r\n{headers.Replace("{0}", $"{Chat.Length}", StringComparison.Ordinal)}\r\n\r\n{body}{Smuggled}"));

        Assert.Matches("^HTTP/1.1 (200|4..|501) ", answer);
        Assert.Equal(1, answer.Split("HTTP/1.1 ").Length - 1);
        Assert.True(host.Requests.Count <= 1);
        Assert.All(host.Bodies, sent => Assert.Equal(Chat, sent));
        Assert.All(host.Requests, request => Assert.DoesNotContain(request.Headers.Values, value => value.Contains("smuggled", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("surplus")]
    [InlineData("two lengths")]
    [InlineData("length and chunks")]
    [InlineData("short length")]
    [InlineData("informational")]
    public async Task HostAnswer_WithAnotherBehindIt_NeverAnswersTheNextRequest(string kind)
    {
        var poison = RawHost.Answer("poison");
        var honest = RawHost.Answer("first");
        var body = honest[(honest.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var lying = kind switch
        {
            "surplus" => honest + poison,
            "two lengths" => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nContent-Length: {body.Length + poison.Length}\r\n\r\n{body}{poison}",
            "length and chunks" => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n{poison}",
            "short length" => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{body}{poison}",
            _ => $"HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n{honest}{poison}",
        };
        await using var host = new RawHost(lying);
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Url}", "--Llm:Retry:MaxRetries=0");

        using var first = await gateway.PostAsync("/v1/chat/completions", Chat);
        Assert.DoesNotContain("poison", await first.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            using var next = await gateway.PostAsync("/v1/chat/completions", Chat);
            Assert.Equal(HttpStatusCode.OK, next.StatusCode);
            Assert.Contains("honest", await next.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("x-odd: caf\u00e9", "x-odd")]
    [InlineData("x-odd: a\u0001b", "x-odd")]
    [InlineData("Connection: x-hop\r\nx-hop: 1", "x-hop")]
    [InlineData("Keep-Alive: 5", "Keep-Alive")]
    [InlineData("Set-Cookie: a=b", "Set-Cookie")]
    [InlineData("Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin")]
    [InlineData("Strict-Transport-Security: max-age=1", "Strict-Transport-Security")]
    [InlineData("x-morgan-host: other", "x-morgan-other")]
    public async Task HostHeader_ThatMustNotBeSentOn_IsLeftOut(string header, string name)
    {
        await using var host = new RawHost(RawHost.Answer("plain", $"x-kept: 1\r\n{header}\r\n"));
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Url}", "--Llm:Retry:MaxRetries=0");

        using var response = await gateway.PostAsync("/v1/chat/completions", Chat);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("x-kept").Single());
        Assert.Equal("h", response.Headers.GetValues("x-morgan-host").Single());
        Assert.False(response.Headers.Contains(name));
    }

    [Fact]
    public async Task HostHeaders_WithoutEnd_AreABadAnswer()
    {
        await using var host = new RawHost($"HTTP/1.1 200 OK\r\nx-long: {new string('x', 512 * 1024)}\r\n\r\n");
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Url}", "--Llm:Retry:MaxRetries=0");

        using var response = await gateway.PostAsync("/v1/chat/completions", Chat);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", HttpStatusCode.OK)]
    [InlineData("multipart/form-data; boundary=x", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.OK)]
    [InlineData("nonsense", HttpStatusCode.OK)]
    public async Task ContentType_ThatLies_ChangesNothing(string type, HttpStatusCode expected)
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Address}v1");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Chat));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await gateway.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Cancelled);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/json", host.Requests.Single().Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("nul")]
    [InlineData("bom")]
    [InlineData("deep")]
    [InlineData("surrogate name")]
    [InlineData("not utf-8")]
    public async Task Body_ThatIsNoJson_Is400AndReachesNoHost(string kind)
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host.Address}v1");
        byte[] body = kind switch
        {
            "utf-16" => Encoding.Unicode.GetBytes(Chat),
            "nul" => [.. Encoding.UTF8.GetBytes(Chat), 0],
            "bom" => [0xfe, 0xff, .. Encoding.UTF8.GetBytes(Chat)],
            "deep" => Encoding.UTF8.GetBytes($$"""{"model":"m","x":{{new string('[', 600)}}{{new string(']', 600)}}}"""),
            "surrogate name" => Encoding.UTF8.GetBytes("""{"model":"\ud800"}"""),
            _ => [.. "{\"model\":\""u8, 0xff, 0xfe, .. "\"}"u8],
        };
        using var content = new ByteArrayContent(body);

        using var response = await gateway.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(host.Requests);
    }

    private static async Task<string> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancelled);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // Refused with bytes left unread: the connection is reset after the answer.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
