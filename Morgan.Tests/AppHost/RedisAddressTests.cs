using Morgan.AppHost.Cache;

namespace Morgan.Tests.AppHost;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("localhost:1234,password=a=b", "localhost", 1234, null, "a=b", false)]
    [InlineData("redis.example.com", "redis.example.com", 6379, null, null, false)]
    [InlineData("ssl=True,redis.example.com,user=u,password=p", "redis.example.com", 6380, "u", "p", true)]
    [InlineData("[::1]:7000,abortConnect=false", "::1", 7000, null, null, false)]
    [InlineData("[::1]", "::1", 6379, null, null, false)]
    public void Parse_OfConnectionString_ReadsTheFirstServer(string text, string host, int port, string? user, string? password, bool isTls) =>
        Assert.Equal(new RedisAddress(host, port, user, password, isTls), RedisAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("password=x")]
    [InlineData("localhost:port")]
    public void Parse_OfNoServer_IsRefused(string text) => Assert.Throws<FormatException>(() => RedisAddress.Parse(text));
}
