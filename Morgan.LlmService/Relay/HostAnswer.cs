using Morgan.LlmService.Dispatch;

namespace Morgan.LlmService.Relay;

/// <summary>Judges a host's answer by its head.</summary>
internal static class HostAnswer
{
    /// <summary>Whether it has the media type and no compression, which was not asked for.</summary>
    public static bool Is(HttpResponseMessage response, string mediaType) =>
        !response.Content.Headers.NonValidated.Contains("Content-Encoding")
        && response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
        && values.ToString().AsSpan().TrimStart().StartsWith(mediaType, StringComparison.OrdinalIgnoreCase);

    /// <summary>The media type as the host wrote it, or <paramref name="plain"/> where that can't be sent on.</summary>
    public static string ContentType(HttpResponseMessage host, string plain) =>
        host.Content.Headers.NonValidated["Content-Type"].ToString() is var type && ForwardedHeaders.IsFit(type) ? type : plain;
}
