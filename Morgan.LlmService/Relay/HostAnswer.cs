namespace Morgan.LlmService.Relay;

/// <summary>Judges a host's answer by its head.</summary>
internal static class HostAnswer
{
    /// <summary>Whether it has the media type and no compression, which was not asked for.</summary>
    public static bool Is(HttpResponseMessage response, string mediaType) =>
        response.Content.Headers.ContentEncoding.Count == 0
        && response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
        && values.ToString().AsSpan().TrimStart().StartsWith(mediaType, StringComparison.OrdinalIgnoreCase);
}
