using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Morgan.ServiceDefaults.Auth;

/// <summary>A client's address as a number: all of an IPv4 address, the first half of an IPv6 one, for whoever has one has 2^64 of them.</summary>
internal static class ClientAddress
{
    private const ulong Unknown = 1;
    private const ulong V4 = 1UL << 32;

    /// <summary>The number; never 0.</summary>
    public static ulong Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out _))
        {
            return Unknown;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return V4 | BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }

        return address.IsIPv4MappedToIPv6
            ? V4 | BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])
            : Math.Max(Unknown, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
