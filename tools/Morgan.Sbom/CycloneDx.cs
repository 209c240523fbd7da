using System.Security.Cryptography;
using System.Text.Json;

namespace Morgan.Sbom;

/// <summary>
/// Writes a bill of materials as CycloneDX 1.6 (ECMA-424). The same components give the same bytes: there is no time in it,
/// and its serial number comes from its content.
/// </summary>
internal static class CycloneDx
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    /// <summary>The document.</summary>
    /// <param name="components">The service first, then what it is made of.</param>
    public static byte[] Write(IReadOnlyList<Component> components)
    {
        // Its own serial number is no part of what the number is made from.
        var number = new Guid(SHA256.HashData(Write(components, Guid.Empty)).AsSpan(0, 16));
        return Write(components, number);
    }

    private static byte[] Write(IReadOnlyList<Component> components, Guid number)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Readable))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteString("serialNumber", $"urn:uuid:{number:D}");
            json.WriteNumber("version", 1);
            json.WriteStartObject("metadata");
            json.WritePropertyName("component");
            Write(json, components[0], "application");
            json.WriteEndObject();
            json.WriteStartArray("components");
            foreach (var component in components.Skip(1))
            {
                Write(json, component, "library");
            }

            json.WriteEndArray();
            WriteDependencies(json, components);
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Component component, string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("bom-ref", component.Reference);
        json.WriteString("name", component.Name);
        json.WriteString("version", component.Version);
        if (component.Sha512 is { } hash)
        {
            json.WriteStartArray("hashes");
            json.WriteStartObject();
            json.WriteString("alg", "SHA-512");
            json.WriteString("content", hash);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        WriteLicence(json, component.Licence);
        if (component.IsPackage)
        {
            json.WriteString("purl", component.Reference);
        }

        json.WriteEndObject();
    }

    private static void WriteLicence(Utf8JsonWriter json, Licence? licence)
    {
        if (licence is null)
        {
            return;
        }

        json.WriteStartArray("licenses");
        json.WriteStartObject();
        if (licence.Expression is { } expression)
        {
            json.WriteString("expression", expression);
        }
        else
        {
            json.WriteStartObject("license");
            json.WriteString("name", licence.File is { } file ? $"see {file} in the package" : "see its address");
            if (licence.Url is { } url)
            {
                json.WriteString("url", url);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteDependencies(Utf8JsonWriter json, IReadOnlyList<Component> components)
    {
        json.WriteStartArray("dependencies");
        foreach (var component in components)
        {
            json.WriteStartObject();
            json.WriteString("ref", component.Reference);
            json.WriteStartArray("dependsOn");
            foreach (var needed in component.DependsOn)
            {
                json.WriteStringValue(needed);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
