using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Connections;

public sealed class TlsTests
{
    [Fact]
    public async Task Send_OverTls_Http2OnOneConnection()
    {
        using var certificates = new TestCertificates();
        string? protocol = null;
        await using var host = await KestrelHost.StartAsync(
            async context =>
            {
                protocol = context.Request.Protocol;
                await Task.Delay(10);
            },
            certificates.Server);
        await using var engine = new NetworkEngine(Tls(host, certificates.AuthorityFile));

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => engine.SendAsync()));

        Assert.All(results, result => Assert.Equal(UpstreamResultKind.Accepted, result.Kind));
        Assert.Equal("HTTP/2", protocol);
        Assert.Equal(1, host.Connections);
        foreach (var result in results)
        {
            await result.DisposeAsync();
        }
    }

    [Fact]
    public async Task Send_AuthorityUnknown_ConnectFailure()
    {
        using var certificates = new TestCertificates();
        await using var host = await KestrelHost.StartAsync(_ => Task.CompletedTask, certificates.Server);
        await using var engine = new NetworkEngine(host.Address.AbsoluteUri);

        await using var result = await engine.SendAsync();

        Assert.Equal(FailureReason.Connect, result.Outcome.Reason);
    }

    [Fact]
    public async Task Send_OtherAuthority_ConnectFailure()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var host = await KestrelHost.StartAsync(_ => Task.CompletedTask, certificates.Server);
        await using var engine = new NetworkEngine(Tls(host, others.AuthorityFile));

        await using var result = await engine.SendAsync();

        Assert.Equal(FailureReason.Connect, result.Outcome.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_HostAsksForACertificate_ShowsIt(bool pem)
    {
        using var certificates = new TestCertificates();
        await using var host = await KestrelHost.StartAsync(_ => Task.CompletedTask, certificates.Server, certificates.Client);
        var options = Tls(host, certificates.AuthorityFile);
        options.Hosts[0].ClientCertificate = pem ? certificates.ClientPemFile : certificates.ClientPfxFile;
        await using var engine = new NetworkEngine(options);

        await using var result = await engine.SendAsync();

        Assert.Equal(UpstreamResultKind.Accepted, result.Kind);
    }

    private static UpstreamOptions Tls(KestrelHost host, string authority) => new()
    {
        Hosts = [new HostOptions { Name = "a", Url = host.Address.AbsoluteUri, CertificateAuthority = authority }],
    };
}
