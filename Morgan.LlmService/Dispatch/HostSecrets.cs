using System.Text;

namespace Morgan.LlmService.Dispatch;

/// <summary>
/// The key that a host was sent, should it come back: proxies and debugging servers like to tell what they were asked
/// with, and an error of theirs must not tell Morgan's clients.
/// </summary>
internal static class HostSecrets
{
    /// <summary>Shorter keys are no secrets ("ollama"), and are part of honest answers.</summary>
    private const int Shortest = 16;
    private const int OnStack = 512;

    /// <summary>Whether the key of the request that <paramref name="host"/> answers is in <paramref name="text"/>.</summary>
    public static bool AreIn(HttpResponseMessage host, string text) =>
        KeyOf(host) is { } key && text.Contains(key, StringComparison.Ordinal);

    /// <summary>Whether it is in these bytes.</summary>
    public static bool AreIn(HttpResponseMessage host, ReadOnlySpan<byte> text)
    {
        if (KeyOf(host) is not { } key)
        {
            return false;
        }

        var length = Encoding.UTF8.GetMaxByteCount(key.Length);
        var utf8 = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        return text.IndexOf(utf8[..Encoding.UTF8.GetBytes(key, utf8)]) >= 0;
    }

    private static string? KeyOf(HttpResponseMessage host)
    {
        var headers = host.RequestMessage?.Headers;
        var key = headers?.Authorization is { } authorization ? authorization.Parameter
            : headers is not null && headers.TryGetValues("api-key", out var keys) ? keys.FirstOrDefault()
            : null;
        return key is { Length: >= Shortest } ? key : null;
    }
}
