using System.Globalization;

namespace Morgan.Upstreams.Attempts;

/// <summary>How long a host asks to be left alone: <c>Retry-After: 2</c>, <c>Retry-After: Fri, 31 Dec 2027 23:59:59 GMT</c>, or Azure's finer <c>retry-after-ms: 250</c>.</summary>
internal static class RetryAfter
{
    public static TimeSpan? Read(HttpResponseMessage response, TimeProvider time)
    {
        var headers = response.Headers;
        if (headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds < TimeSpan.MaxValue.TotalMilliseconds)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        if (headers.RetryAfter is not { } value)
        {
            return null;
        }

        var wait = value.Delta ?? (value.Date - time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
