using System.Text;
using System.Text.RegularExpressions;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>
/// Answers as text that can be compared: without the id and the time of creation, which differ from request to request,
/// and without comments, which a gateway may add.
/// </summary>
internal static partial class EventText
{
    /// <summary>The last event of a stream.</summary>
    public const string Done = "data: [DONE]";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a body; null: a character is broken.</summary>
    public static string? Of(byte[] body)
    {
        try
        {
            return Varying().Replace(Strict.GetString(body), "");
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A stream's events; the last is empty unless the text ends inside an event.</summary>
    public static IReadOnlyList<string> Events(string text) =>
        [.. text.ReplaceLineEndings("\n").Split("\n\n").Where((e, i) => !e.StartsWith(':'))];

    [GeneratedRegex("\"(id|created)\":(\"[^\"]*\"|[0-9]+),")]
    private static partial Regex Varying();
}
