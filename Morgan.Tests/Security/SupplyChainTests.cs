using System.Text.Json;
using System.Xml.Linq;

namespace Morgan.Tests.Security;

/// <summary>What the services are built of may be used, and is what the lock files say.</summary>
public sealed class SupplyChainTests
{
    private static readonly string[] Services = ["Morgan.LlmService", "Morgan.EmbeddingService", "Morgan.CacheServer", "Morgan.LlmSimulator"];

    private static readonly string[] Licences = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MS-PL", "PostgreSQL"];

    // They have their licence in a file, at an address or at their repository alone. All are MIT, as their repositories say.
    private static readonly string[] Read =
    [
        "BitFaster.Caching", "CommandLineParser", "diskann-garnet", "KeraLua", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.Gpu",
        "Microsoft.ML.OnnxRuntime.Managed", "System.Security.Cryptography.ProtectedData",
    ];

    [Fact]
    public void EveryPackageOfAService_IsLockedAndHasALicenceThatAllowsItsUse()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Assert.SkipUnless(Directory.Exists(packages), "the packages are not here");
        var looked = 0;
        Assert.All(Services.SelectMany(Locked).Distinct(), package =>
        {
            Assert.NotNull(package.Hash);
            var id = package.Name.ToLowerInvariant();
            var nuspec = Path.Combine(packages, id, package.Version, $"{id}.nuspec");
            if (File.Exists(nuspec))
            {
                looked++;
                var licence = XDocument.Load(nuspec).Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
                var isListed = licence?.Attribute("type")?.Value == "expression" && Licences.Contains(licence.Value);
                Assert.True(isListed || Read.Contains(package.Name), $"{package.Name} {package.Version}: {licence?.Value}");
            }
        });
        Assert.True(looked > 20, "the packages were looked at");
    }

    private static IEnumerable<(string Name, string Version, string? Hash)> Locked(string service)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, service), "packages.*lock.json"))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var framework in json.RootElement.GetProperty("dependencies").EnumerateObject())
            {
                foreach (var package in framework.Value.EnumerateObject().Where(package => package.Value.GetProperty("type").GetString() != "Project"))
                {
                    yield return (package.Name, package.Value.GetProperty("resolved").GetString()!, package.Value.TryGetProperty("contentHash", out var hash) ? hash.GetString() : null);
                }
            }
        }
    }
}
