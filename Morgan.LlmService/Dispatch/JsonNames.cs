using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Morgan.LlmService.Dispatch;

/// <summary>Model names as JSON strings, quotes included, made once each.</summary>
internal static class JsonNames
{
    private const int MostRemembered = 4096;

    private static readonly ConcurrentDictionary<string, byte[]> Known = new(StringComparer.Ordinal);
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The name in quotes, escaped, UTF-8.</summary>
    public static byte[] Quote(string name)
    {
        if (Known.TryGetValue(name, out var known))
        {
            return known;
        }

        var quoted = JsonSerializer.SerializeToUtf8Bytes(name, Options);
        if (Known.Count < MostRemembered)
        {
            Known.TryAdd(name, quoted);
        }

        return quoted;
    }
}
