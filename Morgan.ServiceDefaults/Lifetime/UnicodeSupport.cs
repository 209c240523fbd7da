using System.Text;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.ServiceDefaults.Lifetime;

/// <summary>
/// Whether this runtime knows Unicode. Without ICU it leaves text as it is, silently: a normalised text would get other
/// token ids, and so another vector, under the same fingerprint.
/// </summary>
internal static class UnicodeSupport
{
    private const string Decomposed = "e\u0301";
    private const string Composed = "\u00e9";

    /// <summary>Makes sure of it.</summary>
    /// <exception cref="ConfigurationException">There is none; the message says what to do.</exception>
    public static void Require()
    {
        if (!Decomposed.Normalize(NormalizationForm.FormC).Equals(Composed, StringComparison.Ordinal))
        {
            throw new ConfigurationException(
                "this .NET runs without Unicode data (System.Globalization.Invariant is on): texts would be read otherwise than elsewhere. "
                + "Turn it off, and use an image with ICU such as aspnet:10.0-noble-chiseled-extra");
        }
    }
}
