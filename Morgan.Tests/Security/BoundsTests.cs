using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Tests.LlmService.Gateway;
using Morgan.Tests.ServiceDefaults;

namespace Morgan.Tests.Security;

/// <summary>The bounds of docs/security.md at their edge, where the request is served, and one past it.</summary>
public sealed class BoundsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--Bounds:MaxRequestLineBytes=512", "line", 512, 414)]
    [InlineData("--Bounds:MaxHeaderBytes=2048", "header", 2048, 431)]
    [InlineData("--Bounds:MaxHeaders=20", "count", 20, 431)]
    public async Task RequestHead_AtItsBound_IsServedAndPastItRefused(string setting, string kind, int bound, int status)
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, [setting]);

        Assert.StartsWith("HTTP/1.1 200", await SendAsync(app.Address, Head(app.Address, kind, bound)), StringComparison.Ordinal);
        Assert.StartsWith($"HTTP/1.1 {status}", await SendAsync(app.Address, Head(app.Address, kind, bound + 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_ThatNeverEnd_AreCutOff()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, ["--Bounds:HeadersTimeout=00:00:01"]);

        var answer = await SendAsync(app.Address, "GET /v1/me HTTP/1.1\r\nHost: a\r\nX-Slow: ");

        Assert.Matches("^(HTTP/1.1 408|$)", answer);
    }

    [Fact]
    public async Task Connections_PastTheirBound_AreClosedAtOnce()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, ["--Bounds:MaxConnections=2"]);
        using var one = await IdleAsync(app.Address);
        using var two = await IdleAsync(app.Address);

        Assert.Equal("", await SendAsync(app.Address, Head(app.Address, "line", 100)));

        one.Dispose();
        await Eventually.TrueAsync(
            async () => (await SendAsync(app.Address, Head(app.Address, "line", 100))).StartsWith("HTTP/1.1 200", StringComparison.Ordinal), "the place is free");
    }

    [Fact]
    public async Task Body_ThatTrickles_IsCutOff()
    {
        await using var gateway = await RunningGateway.StartAsync([]);

        var answer = await SendAsync(gateway.Address, $"POST /v1/chat/completions HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nContent-Length: 100000\r\n\r\n{{");

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_IsCutOffAndItsHostToldSo()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ScriptedHost.StartAsync(async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            context.Response.ContentType = "text/event-stream";
            var data = $$"""data: {"choices":[{"delta":{"content":"{{new string('x', 16_000)}}"} }]}""" + "\n\n";
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(data, context.RequestAborted);
            }
        });
        await using var gateway = await StartAsync(host.Address, "--Bounds:MinBytesPerSecond=1000000");
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port, Cancelled);
        var body = RunningGateway.ChatBody(stream: true, "m");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nContent-Length: {body.Length}\r\n\r\n{body}"), Cancelled);

        await left.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "messages")]
    [InlineData("/v1/responses", "input")]
    public async Task Messages_AtTheirBound_AreServedAndPastItRefused(string path, string field)
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await StartAsync(host.Address, "--Llm:MaxMessages=3");
        string Body(int count) => $$"""{"model":"m","{{field}}":[{{string.Join(',', Enumerable.Repeat("""{"role":"user","content":["a","b","c","d"]}""", count))}}]}""";

        using var served = await gateway.PostAsync(path, Body(3));
        using var refused = await gateway.PostAsync(path, Body(4));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (served.StatusCode, refused.StatusCode));
        Assert.Contains("holds more than 3 elements", await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024 * 1024, true)]
    [InlineData((1024 * 1024) + 1, false)]
    public async Task Answer_AtItsBound_IsServedAndPastItRefused(int bytes, bool served)
    {
        const string Frame = """{"choices":[],"x":""}""";
        await using var host = await ScriptedHost.StartAsync(context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = bytes;
            return context.Response.WriteAsync(Frame.Insert(Frame.Length - 2, new string('x', bytes - Frame.Length)));
        });
        await using var gateway = await StartAsync(host.Address, "--Llm:MaxAnswerBytes=1048576");

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "m"));

        Assert.Equal(served ? HttpStatusCode.OK : HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task Stream_PastItsBound_EndsWithTheErrorEvent()
    {
        var data = $$"""{"choices":[{"delta":{"content":"{{new string('x', 100_000)}}"} }]}""";
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.Stream([.. Enumerable.Repeat(data, 20), "[DONE]"]));
        await using var gateway = await StartAsync(host.Address, "--Llm:MaxAnswerBytes=1048576");

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream: true, "m"));
        var text = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.InRange(text.Length, 900_000, 1_200_000);
        Assert.Contains("stream_interrupted", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxConnections", "0")]
    [InlineData("MaxHeaderBytes", "100")]
    [InlineData("HeadersTimeout", "01:00:00")]
    [InlineData("IdleTimeout", "soon")]
    [InlineData("MaxConections", "5")]
    public async Task Start_WithABoundOutOfRange_NamesIt(string key, string value)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => RunningApp.StartAsync(SampleApplication.Create, [$"--Bounds:{key}={value}"]));
        Assert.Contains(key, failure.Message, StringComparison.Ordinal);
    }

    private static Task<RunningGateway> StartAsync(Uri host, params string[] settings) =>
        RunningGateway.StartAsync([], ["--Llm:Hosts:0:Name=h", $"--Llm:Hosts:0:Url={host}v1", "--Llm:Retry:MaxRetries=0", .. settings]);

    // A request whose first line, headers or number of headers is exactly so large.
    private static string Head(Uri address, string kind, int size)
    {
        var (first, last) = ("GET /v1/me?q={0} HTTP/1.1\r\n", "\r\n");
        var headers = $"Host: {address.Authority}\r\nConnection: close\r\n";
        return kind switch
        {
            "line" => Fill(first, size) + headers + last,
            "header" => Fill(first, 100) + headers + Fill("X-Fill: {0}\r\n", size - headers.Length) + last,
            _ => Fill(first, 100) + headers + string.Concat(Enumerable.Range(2, size - 2).Select(i => $"X-{i}: 1\r\n")) + last,
        };

        static string Fill(string frame, int size) => string.Format(CultureInfo.InvariantCulture, frame, new string('x', size - frame.Length + 3));
    }

    private static async Task<TcpClient> IdleAsync(Uri address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancelled);
        await client.GetStream().WriteAsync("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancelled);
        Assert.True(await client.GetStream().ReadAsync(new byte[64], Cancelled) > 0);
        return client;
    }

    private static async Task<string> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        using var answer = new MemoryStream();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, patience.Token);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), patience.Token);
            await client.GetStream().CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // Refused with bytes left unread: the connection is reset.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
