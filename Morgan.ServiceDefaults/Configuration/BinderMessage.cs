using System.Text.RegularExpressions;

namespace Morgan.ServiceDefaults.Configuration;

/// <summary>
/// Puts the configuration binder's failures into words that a user can act on. Their texts are the only place where
/// it says which key it was:
/// <c>Failed to convert configuration value 'soon' at 'Llm:Timeouts:Idle' to type 'System.TimeSpan'.</c> and
/// <c>'ErrorOnUnknownConfiguration' was set on the provided BinderOptions, but the following properties were not found on the instance of Morgan.X: 'Foo'</c>.
/// </summary>
internal static partial class BinderMessage
{
    public static string Explain(string section, Exception e)
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (Conversion().Match(at.Message) is { Success: true } conversion)
            {
                return $"{conversion.Groups["key"].Value}: the value is not a valid {conversion.Groups["type"].Value}";
            }

            if (Unknown().Match(at.Message) is { Success: true } unknown)
            {
                return $"{section}: unknown key {unknown.Groups["names"].Value} (in {unknown.Groups["type"].Value})";
            }
        }

        return $"{section}: {e.Message}";
    }

    [GeneratedRegex(@"at '(?<key>[^']+)' to type '(?:[\w`\.]*\.)?(?<type>[^'\.]+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Conversion();

    [GeneratedRegex(@"instance of (?:[\w\.]*\.)?(?<type>[\w`]+): (?<names>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Unknown();
}
