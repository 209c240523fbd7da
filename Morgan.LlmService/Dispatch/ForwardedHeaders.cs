using System.Collections.Frozen;
using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;

namespace Morgan.LlmService.Dispatch;

/// <summary>
/// Which headers pass through the gateway. Both ways everything does but: what belongs to one connection, what carries
/// credentials or names the client, what Morgan says itself, and what would change the bytes (compression).
/// </summary>
internal static class ForwardedHeaders
{
    private static readonly FrozenSet<string> NotToHost = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        // of this connection (RFC 9110, 7.6.1), and of the message's framing
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Expect", "Host", "Content-Length", "Content-Type", "Accept-Encoding",
        // credentials: the client's are for Morgan, and an organization of the client's does not go with Morgan's key
        "Authorization", "api-key", "x-api-key", "x-goog-api-key", "Cookie", "OpenAI-Organization", "OpenAI-Project",
        // who the client is, and what it says of itself beside its trace
        "Forwarded", "Via", "x-real-ip", "baggage", "Request-Id", "Correlation-Context",
        "x-request-id", "Origin", "Referer");

    private static readonly FrozenSet<string> NotToClient = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Content-Length", "Content-Type", "Content-Encoding",
        "Server", "Date", "Set-Cookie", "Alt-Svc", "Strict-Transport-Security", "WWW-Authenticate", "Via", "Location",
        "x-request-id", "x-should-retry", "Retry-After");

    /// <summary>Copies the client's headers to a request for a host.</summary>
    public static void CopyToHost(IHeaderDictionary client, HttpRequestHeaders host)
    {
        var isTraced = Activity.Current is not null; // then Morgan's own span goes on with the client's trace
        var connection = client.Connection.Count == 0 ? null : client.Connection.ToString();
        foreach (var (name, values) in client)
        {
            if (name[0] != ':'
                && !NotToHost.Contains(name)
                && !(isTraced && (name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase)))
                && !name.StartsWith("x-morgan-", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("x-original-", StringComparison.OrdinalIgnoreCase) // the same, by the middleware that reads it
                && (connection is null || !connection.Contains(name, StringComparison.OrdinalIgnoreCase)))
            {
                Add(host, name, values);
            }
        }
    }

    /// <summary>Adds a header as it came; nearly all have one value, which needs no list.</summary>
    public static void Add(HttpRequestHeaders headers, string name, StringValues values)
    {
        if (values.Count == 1)
        {
            headers.TryAddWithoutValidation(name, values[0]);
        }
        else
        {
            headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    /// <summary>
    /// Copies a host's headers to the client's response; those that are set already stay. A value that could not be sent
    /// again, or in which the host tells its own key, is left out.
    /// </summary>
    public static void CopyToClient(HttpResponseMessage host, IHeaderDictionary client)
    {
        var connection = host.Headers.NonValidated.TryGetValues("Connection", out var named) ? named.ToString() : null;
        foreach (var (name, values) in host.Headers.NonValidated)
        {
            if (!NotToClient.Contains(name)
                && !name.StartsWith("x-morgan-", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("access-control-", StringComparison.OrdinalIgnoreCase)
                && !client.ContainsKey(name)
                && (connection is null || !connection.Contains(name, StringComparison.OrdinalIgnoreCase))
                && values.ToString() is var text
                && IsFit(text)
                && !HostSecrets.AreIn(host, text))
            {
                client[name] = values.Count == 1 ? text : values.ToArray();
            }
        }
    }

    /// <summary>Whether a value can be sent on: visible ASCII and spaces alone.</summary>
    public static bool IsFit(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
