using System.Net;
using Microsoft.Extensions.Configuration;
using Morgan.CacheServer;

namespace Morgan.Tests.CacheServer;

public sealed class CacheOptionsTests
{
    [Fact]
    public void Read_OfNothing_GivesTheDefaults() => Assert.Equal(
        new CacheOptions { Port = 6379, Address = IPAddress.Loopback, Password = null, MaxMemoryBytes = 268_435_456 }, Read());

    [Fact]
    public void Read_TakesEveryKey() => Assert.Equal(
        new CacheOptions { Port = 7000, Address = IPAddress.Parse("10.0.0.1"), Password = "p", MaxMemoryBytes = 67_108_864 },
        Read("Cache:Port=7000", "Cache:Address=10.0.0.1", "Cache:Password=p", "Cache:MaxMemoryBytes=67108864"));

    [Theory]
    [InlineData("Cache:Port=0", "Cache:Port")]
    [InlineData("Cache:Port=65536", "Cache:Port")]
    [InlineData("Cache:Port=redis", "Cache:Port")]
    [InlineData("Cache:Address=here", "Cache:Address")]
    [InlineData("Cache:Address=0.0.0.0", "Cache:Password")]
    [InlineData("Cache:MaxMemoryBytes=1000", "Cache:MaxMemoryBytes")]
    [InlineData("Cache:MaxMemoryBytes=256m", "Cache:MaxMemoryBytes")]
    [InlineData("Cache:Memory=67108864", "Cache:Memory")]
    public void Read_OfAWrongValue_NamesTheKeyInOneLine(string setting, string key)
    {
        var refusal = Assert.Throws<StartException>(() => Read(setting));
        Assert.StartsWith(key, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static CacheOptions Read(params string[] settings) =>
        CacheOptionsReader.Read(new ConfigurationBuilder().AddCommandLine(settings).Build());
}
