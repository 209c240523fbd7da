using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;

namespace Morgan.Upstreams.Hosts;

/// <summary>A host to be made: a configured one at one of its addresses.</summary>
internal sealed record HostPlan(string Name, Uri Address, HostOptions Options, ConnectionKey Key)
{
    /// <summary>One plan for each address behind the configured one; only if there are several does the name say which.</summary>
    public static IEnumerable<HostPlan> Of(HostOptions host, UpstreamOptions options, IReadOnlyList<Uri> addresses) =>
        addresses.Select(address => new HostPlan(
            addresses.Count == 1 ? host.Name : $"{host.Name}@{address.Authority}",
            address,
            host,
            ConnectionKey.Of(address, host, options)));
}
