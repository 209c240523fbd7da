using System.Net;
using System.Text;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Connections;

public sealed class HostKeyTests
{
    [Fact]
    public async Task KeyFile_Replaced_NextRequestsUseTheNewKey()
    {
        using var certificates = new TestCertificates();
        var seen = new List<string?>();
        var file = certificates.Write("key", "first\n");
        var options = TestEngine.Options(new HostOptions { Name = "a", Url = "http://a/v1", ApiKeyFile = file });
        await using var engine = new TestEngine(options);
        engine["a"].Answer = (request, _) =>
        {
            seen.Add(request.Headers.Authorization?.Parameter);
            return Task.FromResult(ScriptedHost.Respond(HttpStatusCode.OK));
        };
        await engine.RoundTripAsync();
        File.WriteAllText(file, "second", Encoding.UTF8);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(5));
        engine.Fake.Advance(TimeSpan.FromSeconds(10));

        await engine.RoundTripAsync();
        File.Delete(file);
        engine.Fake.Advance(TimeSpan.FromSeconds(10));
        var without = await engine.RunAsync(engine.RoundTripAsync());

        Assert.Equal(["first", "second"], seen);
        Assert.Equal(UpstreamResultKind.Misconfigured, without.Kind);
    }
}
