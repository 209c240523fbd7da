using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Morgan.AppHost;
using Morgan.AppHost.Deploy;
using Morgan.AppHost.Preflight;

namespace Morgan.Tests.AppHost;

/// <summary>What cannot work ends in one line that names the key or the fix.</summary>
public sealed class RefusalTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task AppHost_WithItsPortTaken_NamesItInOneLine(string address)
    {
        using var other = new TcpListener(IPAddress.Parse(address), 0);
        Assert.SkipWhen(address == "::1" && !HasIPv6(), "this machine has no IPv6 loopback address");
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var program = AppHostProgram.Start(
            new Dictionary<string, string> { ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{port}", ["ASPNETCORE_URLS"] = $"http://localhost:{port}" },
            MorganApp.Args());

        Assert.Equal(1, await program.ExitAsync(Deadline));
        var line = Assert.Single((await program.Error).TrimEnd().Split('\n'));
        Assert.Contains("is taken", line, StringComparison.Ordinal);
        Assert.Contains("launchSettings.json", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--publisher", "manifest")]
    [InlineData("--operation", "publish")]
    public async Task AppHost_PublishedWithoutTheAspirePackages_SaysWhatIsMissing(string option, string value)
    {
        Assert.SkipUnless(typeof(DistributedApplication).Assembly.GetName().Name == "Morgan.Hosting", "this one is built with the Aspire packages");
        await using var program = AppHostProgram.Start(option, value, "--output-path", Path.GetTempPath());

        Assert.Equal(1, await program.ExitAsync(Deadline));
        var line = Assert.Single((await program.Error).TrimEnd().Split('\n'));
        Assert.Contains("Aspire.Hosting.Azure.AppContainers", line, StringComparison.Ordinal);
        Assert.Contains("artifacts/aspire-feed.props", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppHost_WithAnUnknownCacheKind_NamesTheKeyInOneLine()
    {
        await using var program = AppHostProgram.Start("--Morgan:Cache=memcached");

        Assert.Equal(1, await program.ExitAsync(Deadline));
        Assert.Equal(
            "Morgan: Morgan:Cache is \"memcached\", not one of auto, container, embedded, external.",
            Assert.Single((await program.Error).TrimEnd().Split('\n')));
    }

    [Theory]
    [InlineData("Morgan:LlmHosts", "ollama", "auto, simulator, configured")]
    [InlineData("Morgan:Cache", "1", "auto, container, embedded, external")]
    [InlineData("Morgan:Replicas:Llm", "0", "1 to 32")]
    [InlineData("Morgan:Replicas:Embedding", "two", "1 to 32")]
    public void Settings_OfMalformedValue_NameKeyValueAndRange(string key, string value, string range)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

        var refusal = Assert.Throws<DistributedApplicationException>(() => MorganSettings.Read(configuration, "/"));

        Assert.Contains($"{key} is \"{value}\"", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(range, refusal.Message, StringComparison.Ordinal);
    }

    private static bool HasIPv6() => NetworkInterface.GetAllNetworkInterfaces()
        .Any(i => i.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(IPAddress.IPv6Loopback)));

    [Fact]
    public void Settings_OfNothing_AreTheDocumentedDefaults()
    {
        var settings = MorganSettings.Read(new ConfigurationBuilder().Build(), Path.GetTempPath());

        Assert.Equal(
            new MorganSettings(CacheKind.Auto, LlmHosts.Auto, 1, 1, Path.Combine(Path.GetTempPath(), "morgan.json"), DeployTarget.Aca),
            settings);
    }

    [Theory]
    [InlineData(null, "is not set")]
    [InlineData("password=abc", "names no server")]
    [InlineData("localhost:1,password=abc", "no Redis answers at localhost:1")]
    public async Task ExternalCache_ThatIsNotThere_NamesTheKeyAndKeepsThePassword(string? connectionString, string reason)
    {
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => ExternalCache.RequireAsync(connectionString, "ConnectionStrings:cache"));

        Assert.Contains("ConnectionStrings:cache", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", refusal.Message, StringComparison.Ordinal);
    }
}
