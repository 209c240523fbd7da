using System.Buffers;
using System.Globalization;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>
/// What a host says of its own limit: <c>x-ratelimit-remaining-requests: 0</c> with <c>x-ratelimit-reset-requests: 6m0s</c>
/// (or <c>120ms</c>, <c>1.5</c>), and the same of tokens. (OpenAI's names; Azure, Groq and vLLM proxies use them too.)
/// </summary>
internal static class QuotaHeaders
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>How long the host has nothing left; zero: it has, or does not say.</summary>
    public static TimeSpan UsedUpFor(HttpResponseMessage response)
    {
        var headers = response.Headers;
        var (requests, tokens) = (UsedUpFor(headers, "requests"), UsedUpFor(headers, "tokens"));
        return requests > tokens ? requests : tokens;
    }

    private static TimeSpan UsedUpFor(System.Net.Http.Headers.HttpResponseHeaders headers, string what) =>
        headers.NonValidated.TryGetValues($"x-ratelimit-remaining-{what}", out var left) && left.ToString().Trim() == "0"
        && headers.NonValidated.TryGetValues($"x-ratelimit-reset-{what}", out var reset)
            ? Read(reset.ToString().AsSpan().Trim())
            : TimeSpan.Zero;

    // Numbers with units one after the other; a number without a unit counts seconds. What cannot be read says nothing.
    private static TimeSpan Read(ReadOnlySpan<char> text)
    {
        double seconds = 0;
        while (text.Length > 0)
        {
            var digits = text.IndexOfAnyExcept(Digits);
            digits = digits < 0 ? text.Length : digits;
            if (!double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return TimeSpan.Zero;
            }

            text = text[digits..];
            var letters = text.IndexOfAny(Digits);
            letters = letters < 0 ? text.Length : letters;
            var unit = text[..letters] switch
            {
                "ms" => 0.001,
                "" or "s" => 1,
                "m" => 60,
                "h" => 3600,
                "d" => 86400,
                _ => double.NaN,
            };
            seconds += number * unit;
            text = text[letters..];
        }

        return seconds is > 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
    }
}
