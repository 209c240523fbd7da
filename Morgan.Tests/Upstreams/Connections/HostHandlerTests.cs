using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;

namespace Morgan.Tests.Upstreams.Connections;

public sealed class HostHandlerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_RequestAndAnswer_NothingAddedNothingUnpacked()
    {
        string[] headers = [];
        await using var host = await KestrelHost.StartAsync(async context =>
        {
            headers = [.. context.Request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase)];
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.Headers.SetCookie = "a=b";
            await context.Response.Body.WriteAsync("not really packed"u8.ToArray());
        });
        await using var engine = new NetworkEngine(host.Address.AbsoluteUri);

        for (var i = 0; i < 2; i++)
        {
            await using var result = await engine.SendAsync();
            Assert.Equal("not really packed", await result.Response!.Content.ReadAsStringAsync(Cancellation));
        }

        // No Expect, no Accept-Encoding, no cookie of the answer before. The trace's context is there while anyone in the process traces.
        Assert.Equal(["Content-Length", "Content-Type", "Host"], headers.Where(header => header != "traceparent"));
        Assert.Equal(1, host.Connections);
    }

    [Fact]
    public async Task Send_InATraceWithBaggage_OnlyTheTraceIsTold()
    {
        string[] headers = [];
        await using var host = await KestrelHost.StartAsync(context =>
        {
            headers = [.. context.Request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase)];
            return Task.CompletedTask;
        });
        await using var engine = new NetworkEngine(host.Address.AbsoluteUri);
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("tenant", "acme").Start();
        activity.TraceStateString = "vendor=1";

        await using var result = await engine.SendAsync();

        Assert.Equal(["Content-Length", "Content-Type", "Host", "traceparent", "tracestate"], headers);
    }

    [Fact]
    public async Task Send_HousekeepingInATrace_HostLearnsThatNobodyRecordsIt()
    {
        var parent = "";
        await using var host = await KestrelHost.StartAsync(context =>
        {
            parent = context.Request.Headers.TraceParent.ToString();
            return Task.CompletedTask;
        });
        await using var engine = new NetworkEngine(host.Address.AbsoluteUri);
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var one = engine.Registry.Current.Hosts.Single();

        using var request = Housekeeping.Get(one.UriFor("models"));
        using var response = await one.SendAsync(request, Cancellation);

        Assert.EndsWith("-00", parent, StringComparison.Ordinal);
        Assert.DoesNotContain(activity.TraceId.ToString(), parent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Redirect_NotFollowed()
    {
        var followed = false;
        await using var host = await KestrelHost.StartAsync(context =>
        {
            followed |= context.Request.Path == "/elsewhere";
            context.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        await using var engine = new NetworkEngine(host.Address.AbsoluteUri);

        await using var result = await engine.SendAsync();

        Assert.Equal((UpstreamResultKind.Misconfigured, HttpStatusCode.TemporaryRedirect), (result.Kind, result.Outcome.Status));
        Assert.False(followed);
    }

    [Fact]
    public async Task Send_NothingListens_ConnectFailure()
    {
        await using var engine = new NetworkEngine($"http://127.0.0.1:{FreePort()}/v1");

        await using var result = await engine.SendAsync();

        Assert.Equal((UpstreamResultKind.NoHealthyHost, FailureReason.Connect), (result.Kind, result.Outcome.Reason));
    }

    [Fact]
    public async Task Send_NameNotFound_ConnectFailure()
    {
        await using var engine = new NetworkEngine("http://no-such-host.invalid/v1");

        await using var result = await engine.SendAsync();

        Assert.Equal(FailureReason.Connect, result.Outcome.Reason);
    }

    [Fact]
    public async Task Send_ConnectionAcceptedButTlsNeverAnswers_ConnectTimeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new UpstreamOptions
        {
            Hosts = [new HostOptions { Name = "a", Url = $"https://{silent.LocalEndpoint}/v1" }],
            Timeouts = new TimeoutOptions { Connect = TimeSpan.FromMilliseconds(200) },
        };
        await using var engine = new NetworkEngine(options);

        await using var result = await engine.SendAsync();

        Assert.Equal((UpstreamResultKind.Timeout, FailureReason.ConnectTimeout), (result.Kind, result.Outcome.Reason));
    }

    [Fact]
    public async Task Send_AnswerBreaksOffBeforeItsHead_BrokenBody()
    {
        await using var host = await KestrelHost.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var engine = new NetworkEngine(host.Address.AbsoluteUri);

        await using var result = await engine.SendAsync();

        Assert.Equal((UpstreamResultKind.BadResponse, FailureReason.BrokenBody), (result.Kind, result.Outcome.Reason));
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1", "::ffff:169.254.169.254")]
    public async Task Send_NameLeadsToForbiddenAddress_NeverConnected(params string[] addresses)
    {
        var key = Key("http://innocent.example:80/");
        using var connection = new HostConnection(key, HostHandler.Create(key, Resolve(addresses)));
        using var request = new HttpRequestMessage(HttpMethod.Get, key.Address);

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => connection.SendAsync(request, Cancellation));

        Assert.Contains("no address that may be called", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(FailureReason.Connect, OutcomeTable.Classify(e));
    }

    [Fact]
    public async Task Send_NameLeadsToSeveralAddresses_TheAllowedOnesAreUsed()
    {
        await using var host = await KestrelHost.StartAsync(_ => Task.CompletedTask);
        var key = Key($"http://mixed.example:{host.Address.Port}/");
        using var connection = new HostConnection(key, HostHandler.Create(key, Resolve("169.254.169.254", "127.0.0.1")));
        using var request = new HttpRequestMessage(HttpMethod.Get, key.Address);

        using var response = await connection.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // Linux takes 0.0.0.0, which is as forbidden as link-local addresses are, for the machine itself.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_ToAForbiddenAddress_OnlyWhereTheHostIsAllowedTo(bool allowed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the test's address leads nowhere on this system");
        await using var host = await KestrelHost.StartAsync(_ => Task.CompletedTask);
        var key = Key($"http://near.example:{host.Address.Port}/") with { AllowLinkLocal = allowed };
        using var connection = new HostConnection(key, HostHandler.Create(key, Resolve("0.0.0.0")));
        using var request = new HttpRequestMessage(HttpMethod.Get, key.Address);

        var sending = connection.SendAsync(request, Cancellation);

        if (allowed)
        {
            Assert.Equal(HttpStatusCode.OK, (await sending).StatusCode);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => sending);
        }
    }

    [Fact]
    public async Task Send_Cancelled_HostNoticesAtOnce()
    {
        var gone = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var host = await KestrelHost.StartAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            arrived.SetResult();
            await gone.Task;
        });
        await using var engine = new NetworkEngine(host.Address.AbsoluteUri);
        using var caller = new CancellationTokenSource();
        var sending = engine.Client.SendAsync(
            new UpstreamRequest { Tiers = engine.Tiers, Attempts = new TestExchange(), Deadline = Deadline.After(TimeProvider.System, TimeSpan.FromMinutes(1)) },
            caller.Token);
        await arrived.Task;

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    // Left between two reads, as a relay is that has just written: nothing is pending that could be cancelled.
    [Fact]
    public async Task Send_AnswerLeftUnread_HostNoticesAtOnce()
    {
        var gone = new TaskCompletionSource();
        await using var host = await KestrelHost.StartAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync("data: x\n\n");
                await context.Response.Body.FlushAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(10));
            }
        });
        var key = Key(host.Address.AbsoluteUri);
        using var connection = new HostConnection(key, HostHandler.Create(key));
        using var request = new HttpRequestMessage(HttpMethod.Get, key.Address);
        var response = await connection.SendAsync(request, Cancellation);
        await (await response.Content.ReadAsStreamAsync(Cancellation)).ReadExactlyAsync(new byte[9], Cancellation);

        response.Dispose();

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(1), Cancellation);
    }

    [Fact]
    public async Task Pool_MaxConnections_IsKept()
    {
        await using var host = await KestrelHost.StartAsync(_ => Task.Delay(20));
        var options = new UpstreamOptions
        {
            Hosts = [new HostOptions { Name = "a", Url = host.Address.AbsoluteUri }],
            Pool = new PoolOptions { MaxConnections = 3 },
        };
        await using var engine = new NetworkEngine(options);

        foreach (var result in await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => engine.SendAsync())))
        {
            Assert.Equal(UpstreamResultKind.Accepted, result.Kind);
            await result.DisposeAsync();
        }

        Assert.InRange(host.Connections, 1, 3);
    }

    [Fact]
    public void Pool_Defaults_AreTheDocumentedOnes()
    {
        var options = new UpstreamOptions();
        var key = ConnectionKey.Of(new Uri("http://a/"), new HostOptions(), options);
        using var handler = Assert.IsType<SocketsHttpHandler>(HostHandler.Create(key));

        Assert.Equal(int.MaxValue, handler.MaxConnectionsPerServer);
        Assert.Equal(TimeSpan.FromSeconds(90), handler.PooledConnectionIdleTimeout);
        Assert.Equal(TimeSpan.FromMinutes(5), handler.PooledConnectionLifetime);
        Assert.Equal(TimeSpan.FromSeconds(5), handler.ConnectTimeout);
        Assert.False(handler.AllowAutoRedirect || handler.UseCookies);
        Assert.True(handler.EnableMultipleHttp2Connections);
        Assert.Equal(DecompressionMethods.None, handler.AutomaticDecompression);
        Assert.Equal(System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13, handler.SslOptions.EnabledSslProtocols);
    }

    private static ConnectionKey Key(string address) =>
        new(new Uri(address), null, null, new PoolOptions(), TimeSpan.FromSeconds(5));

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolve(params string[] addresses) =>
        (_, _) => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
