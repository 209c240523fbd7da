using System.Xml.Linq;

namespace Morgan.Sbom;

/// <summary>Reads what a restored package says of itself.</summary>
internal static class PackageFolder
{
    // NuGet puts it where a package has a licence file, for clients that know no better.
    private const string Placeholder = "https://aka.ms/deprecateLicenseUrl";

    /// <summary>The hash of the file that was downloaded, in hexadecimal; null: it is not there.</summary>
    public static string? HashOf(string folder)
    {
        var file = Directory.EnumerateFiles(folder, "*.nupkg.sha512").FirstOrDefault();
        return file is null ? null : Convert.ToHexStringLower(Convert.FromBase64String(File.ReadAllText(file).Trim()));
    }

    /// <summary>The licence in the manifest; null: it names none.</summary>
    public static Licence? LicenceOf(string folder)
    {
        if (Directory.EnumerateFiles(folder, "*.nuspec").FirstOrDefault() is not { } manifest)
        {
            return null;
        }

        var facts = XDocument.Load(manifest).Descendants().ToLookup(element => element.Name.LocalName, StringComparer.Ordinal);
        var url = facts["licenseUrl"].FirstOrDefault()?.Value.Trim() is { Length: > 0 } given && given != Placeholder ? given : null;
        return facts["license"].FirstOrDefault() is { } licence
            ? licence.Attribute("type")?.Value == "expression" ? new Licence(licence.Value.Trim(), null, null) : new Licence(null, licence.Value.Trim(), null)
            : url is null ? null : new Licence(null, null, url);
    }
}
