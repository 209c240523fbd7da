using System.Net;
using Morgan.Upstreams.Connections;

namespace Morgan.Tests.Upstreams.Connections;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("169.254.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:a9fe:a9fe")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("fd20:ce::254")]
    [InlineData("192.0.0.192")]
    public void IsForbidden_LinkLocalAndMetadata_Yes(string address) =>
        Assert.True(AddressGuard.IsForbidden(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.7")]
    [InlineData("172.16.3.4")]
    [InlineData("192.168.1.20")]
    [InlineData("100.64.0.1")]
    [InlineData("104.18.6.192")]
    [InlineData("::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("2606:4700::6812:6c0")]
    [InlineData("::ffff:10.0.0.7")]
    public void IsForbidden_WhereHostsAre_No(string address) =>
        Assert.False(AddressGuard.IsForbidden(IPAddress.Parse(address)));
}
