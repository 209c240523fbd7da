using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Morgan.Sbom;

namespace Morgan.Tests.Sbom;

/// <summary>The list of what a service is made of: CycloneDX 1.6 from what a restore resolved.</summary>
public sealed partial class SbomTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("morgan-sbom-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Document_HasWhatTheSpecificationRequires()
    {
        Package("a/1.0.0", "<license type=\"expression\">MIT</license><licenseUrl>https://licenses.example/MIT</licenseUrl>");
        Package("b/2.0.0", "<license type=\"file\">LICENSE.txt</license><licenseUrl>https://aka.ms/deprecateLicenseUrl</licenseUrl>");
        Package("c/3.0.0", "<licenseUrl>https://example.com/licence</licenseUrl>");
        var list = Run(Assets());

        Assert.Equal("CycloneDX", list.GetProperty("bomFormat").GetString());
        Assert.Equal("1.6", list.GetProperty("specVersion").GetString());
        Assert.Matches(SerialNumber(), list.GetProperty("serialNumber").GetString());
        Assert.Equal(1, list.GetProperty("version").GetInt32());
        var root = list.GetProperty("metadata").GetProperty("component");
        Assert.Equal(("application", "Service", "9.9"), (root.GetProperty("type").GetString(), root.GetProperty("name").GetString(), root.GetProperty("version").GetString()));
        var components = list.GetProperty("components").EnumerateArray().ToDictionary(component => component.GetProperty("bom-ref").GetString()!);
        Assert.Equal(["Defaults", "pkg:nuget/A@1.0.0", "pkg:nuget/B@2.0.0", "pkg:nuget/C@3.0.0"], components.Keys.Order(StringComparer.Ordinal));
        Assert.All(components.Values, component => Assert.Equal("library", component.GetProperty("type").GetString()));
        var a = components["pkg:nuget/A@1.0.0"];
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData("a/1.0.0"u8)), a.GetProperty("hashes")[0].GetProperty("content").GetString());
        Assert.Equal("SHA-512", a.GetProperty("hashes")[0].GetProperty("alg").GetString());
        Assert.Equal("MIT", a.GetProperty("licenses")[0].GetProperty("expression").GetString());
        Assert.Equal("see LICENSE.txt in the package", components["pkg:nuget/B@2.0.0"].GetProperty("licenses")[0].GetProperty("license").GetProperty("name").GetString());
        Assert.Equal("https://example.com/licence", components["pkg:nuget/C@3.0.0"].GetProperty("licenses")[0].GetProperty("license").GetProperty("url").GetString());
        Assert.False(components["Defaults"].TryGetProperty("purl", out _));

        var needs = list.GetProperty("dependencies").EnumerateArray().ToDictionary(
            entry => entry.GetProperty("ref").GetString()!, entry => entry.GetProperty("dependsOn").EnumerateArray().Select(needed => needed.GetString()!).ToArray());
        Assert.Equal(["Defaults", "pkg:nuget/A@1.0.0"], needs["Service"]);
        Assert.Equal(["pkg:nuget/B@2.0.0", "pkg:nuget/C@3.0.0"], needs["pkg:nuget/A@1.0.0"]);
        Assert.Empty(needs["pkg:nuget/C@3.0.0"]);
    }

    [Fact]
    public void Runtime_WhereTheProjectWasRestoredForIt_Decides()
    {
        Package("a/1.0.0", "");
        var assets = Assets("""{"net10.0":{},"net10.0/linux-x64":{"A/1.0.0":{"type":"package"}}}""");

        Assert.Single(Run(assets, "--runtime", "linux-x64").GetProperty("components").EnumerateArray());
        Assert.Empty(Run(assets).GetProperty("components").EnumerateArray());
    }

    [Theory]
    [InlineData("Morgan.LlmService")]
    [InlineData("Morgan.EmbeddingService")]
    [InlineData("Morgan.CacheServer")]
    [InlineData("Morgan.LlmSimulator")]
    public void Service_IsMadeOfWhatItsLockFileHas_EachWithItsHash(string project)
    {
        var world = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))))!;
        var (assets, locked) = (Path.Combine(Repository.Root, project, "obj", world, "project.assets.json"), Path.Combine(Repository.Root, project, $"packages.{world}.lock.json"));
        Assert.SkipUnless(File.Exists(assets) && File.Exists(locked), "the service was not restored here with a lock file");
        using var json = JsonDocument.Parse(File.ReadAllBytes(locked));
        var expected = json.RootElement.GetProperty("dependencies").EnumerateObject().First().Value.EnumerateObject()
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .Select(package => $"pkg:nuget/{package.Name}@{package.Value.GetProperty("resolved").GetString()}");

        var list = Run(assets);

        var packages = list.GetProperty("components").EnumerateArray().Where(component => component.TryGetProperty("purl", out _)).ToArray();
        Assert.Equal(expected.Order(StringComparer.OrdinalIgnoreCase), packages.Select(package => package.GetProperty("purl").GetString()!).Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        Assert.All(packages, package => Assert.Matches("^[0-9a-f]{128}$", package.GetProperty("hashes")[0].GetProperty("content").GetString()));
        Assert.InRange(packages.Count(package => package.TryGetProperty("licenses", out _)), packages.Length - 1, packages.Length);
        var known = list.GetProperty("components").EnumerateArray().Select(component => component.GetProperty("bom-ref").GetString()!).Append("Service").ToHashSet();
        Assert.All(
            list.GetProperty("dependencies").EnumerateArray().SelectMany(entry => entry.GetProperty("dependsOn").EnumerateArray()),
            needed => Assert.Contains(needed.GetString()!, known));
        Assert.Equal($"{list}", $"{Run(assets)}");
    }

    [Theory]
    [InlineData("sbom: --assets is missing", "--name", "x")]
    [InlineData("sbom: '--what': expected", "--what", "x")]
    [InlineData("is not what a restore writes", "--assets", "nowhere.json", "--name", "x", "--version", "1")]
    public void WrongArguments_AreNamed(string expected, params string[] args)
    {
        using var said = new StringWriter();
        Assert.Equal(1, SbomCommand.Run(args, said));
        Assert.Contains(expected, Assert.Single(said.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private JsonElement Run(string assets, params string[] more)
    {
        var output = Path.Combine(_folder.FullName, "out.cdx.json");
        using var said = new StringWriter();
        Assert.True(SbomCommand.Run(["--assets", assets, "--name", "Service", "--version", "9.9", "--output", output, .. more], said) == 0, said.ToString());
        return JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(output));
    }

    private string Assets(string? targets = null)
    {
        targets ??= """
            {"net10.0":{
              "A/1.0.0":{"type":"package","dependencies":{"b":"1.0.0","C":"3.0.0","Part.Of.The.Framework":"1.0.0"}},
              "B/2.0.0":{"type":"package"},"C/3.0.0":{"type":"package"},
              "Defaults/1.0.0":{"type":"project","dependencies":{"B":"2.0.0"}}}}
            """;
        var file = Path.Combine(_folder.FullName, "project.assets.json");
        File.WriteAllText(file, $$$"""
            {"targets":{{{targets}}},
             "libraries":{"A/1.0.0":{"path":"a/1.0.0"},"B/2.0.0":{"path":"b/2.0.0"},"C/3.0.0":{"path":"c/3.0.0"}},
             "packageFolders":{{{{JsonSerializer.Serialize(_folder.FullName)}}}:{}},
             "projectFileDependencyGroups":{"net10.0":["A >= 1.0.0","Defaults >= 1.0.0"]}}
            """);
        return file;
    }

    private void Package(string path, string facts)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, path)).FullName;
        var name = path.Split('/')[0];
        File.WriteAllText(Path.Combine(folder, $"{name}.nuspec"), $"<package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\"><metadata>{facts}</metadata></package>");
        File.WriteAllText(Path.Combine(folder, $"{path.Replace('/', '.')}.nupkg.sha512"), Convert.ToBase64String(SHA512.HashData(System.Text.Encoding.UTF8.GetBytes(path))));
    }

    [GeneratedRegex("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    private static partial Regex SerialNumber();
}
