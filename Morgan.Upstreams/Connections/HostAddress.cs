using System.Diagnostics.CodeAnalysis;

namespace Morgan.Upstreams.Connections;

/// <summary>Reads a host's <c>Url</c>, whose scheme may be a choice: <c>https+http://name/v1</c>.</summary>
internal static class HostAddress
{
    private const string Choice = "https+http://";

    /// <summary>The address with its first scheme; the trailing slash of the path is dropped.</summary>
    public static bool TryParse(string url, [NotNullWhen(true)] out Uri? address)
    {
        var plain = url.StartsWith(Choice, StringComparison.OrdinalIgnoreCase) ? string.Concat("https://", url.AsSpan(Choice.Length)) : url;
        if (Uri.TryCreate(plain.TrimEnd('/'), UriKind.Absolute, out address)
            && address.Scheme is "http" or "https"
            && address.Query.Length == 0
            && address.Fragment.Length == 0
            && address.Host.Length > 0)
        {
            return true;
        }

        address = null;
        return false;
    }
}
