using System.Net;
using System.Net.Sockets;

namespace Morgan.Upstreams.Connections;

/// <summary>
/// Addresses that no host may have, whatever its name resolves to: link-local ones, among them the clouds' metadata
/// services that hand out credentials, and those that are no single machine. Loopback and private networks are allowed:
/// that is where LLM hosts are.
/// </summary>
internal static class AddressGuard
{
    private static readonly IPNetwork[] Forbidden =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), // link-local; AWS, Azure, Google and Oracle metadata
        IPNetwork.Parse("100.100.100.200/32"), // Alibaba Cloud metadata
        IPNetwork.Parse("168.63.129.16/32"), // Azure's virtual machine agent
        IPNetwork.Parse("192.0.0.192/32"), // Oracle Cloud's older metadata
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("255.255.255.255/32"),
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"),
        IPNetwork.Parse("fd00:ec2::/32"), // AWS metadata and time over IPv6
        IPNetwork.Parse("fd20:ce::254/128"), // Google Cloud metadata
        IPNetwork.Parse("2002:a9fe::/32"), // link-local by way of 6to4
    ];

    public static bool IsForbidden(IPAddress address)
    {
        var plain = Unwrap(address);
        foreach (var network in Forbidden)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    // IPv4 hidden in IPv6: ::ffff:169.254.169.254, NAT64's 64:ff9b::a9fe:a9fe, and what was once ::169.254.169.254.
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var before = (ReadOnlySpan<byte>)bytes[..12];
        var isCompatible = !before.ContainsAnyExcept((byte)0) && bytes[12] != 0; // ::1 and :: are none
        return isCompatible || before.SequenceEqual((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])
            ? new IPAddress(bytes[12..])
            : address;
    }
}
