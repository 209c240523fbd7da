using System.Globalization;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Admission.Waiting;

/// <summary>How long a caller is willing to wait for its limits: header <c>x-morgan-max-wait: 2.5</c>, in seconds.</summary>
internal static class Patience
{
    /// <summary>The header's name.</summary>
    public const string Header = "x-morgan-max-wait";

    /// <summary>At most what is left of the request's time.</summary>
    public static (TimeSpan Most, OpenAiError? Error) Of(HttpRequest request, Deadline deadline)
    {
        var left = deadline.Remaining;
        if (request.Headers[Header] is not { Count: > 0 } values)
        {
            return (left, null);
        }

        return double.TryParse(values[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? (seconds < left.TotalSeconds ? TimeSpan.FromSeconds(seconds) : left, null)
            : (default, OpenAiError.InvalidValue(Header, $"The header {Header} must be a number of seconds, such as 2.5; it is '{values[0]}'."));
    }
}
