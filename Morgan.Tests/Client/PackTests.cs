using System.IO.Compression;
using System.Xml.Linq;
using Morgan.Tests.Deploy;

namespace Morgan.Tests.Client;

/// <summary>The package, made as docs/client.md says.</summary>
public sealed class PackTests
{
    private const string Folder = "artifacts/packages";

    [Fact]
    public async Task Package_AsDocumented_HasLibraryDocumentationReadmeAndSymbols()
    {
        var command = Assert.Single(
            File.ReadLines(Path.Combine(Repository.Root, "docs", "client.md")), line => line.StartsWith("dotnet pack ", StringComparison.Ordinal));
        var folder = Directory.CreateTempSubdirectory("morgan-package-");
        string[] args = [.. command.Split(' ')[1..].Select(arg => arg switch
        {
            Folder => folder.FullName,
            "Morgan.Client" => Path.Combine(Repository.Root, arg),
            _ => arg,
        })];

        var (exitCode, said) = await PublishedServices.DotnetAsync(args);

        Assert.True(exitCode == 0, said);
        Assert.Equal([".nupkg", ".snupkg"], folder.EnumerateFiles().Select(file => file.Extension).Order());
        await using (var package = await ZipFile.OpenReadAsync(folder.EnumerateFiles("*.nupkg").Single().FullName, TestContext.Current.CancellationToken))
        {
            var names = package.Entries.Select(entry => entry.FullName).ToList();
            Assert.Contains("lib/net10.0/Morgan.Client.dll", names);
            Assert.Contains("lib/net10.0/Morgan.Client.xml", names);
            await using var nuspec = await package.GetEntry("Morgan.Client.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
            var metadata = (await XDocument.LoadAsync(nuspec, LoadOptions.None, TestContext.Current.CancellationToken)).Root!.Elements().Single();
            Assert.Contains(metadata.Elements().Single(e => e.Name.LocalName == "readme").Value, names);

            // of Morgan itself it needs nothing, and ASP.NET Core neither
            Assert.DoesNotContain(metadata.Descendants(), e => e.Name.LocalName == "frameworkReference");
            var needed = metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => (string)e.Attribute("id")!).ToList();
            Assert.Contains("Microsoft.Extensions.AI.OpenAI", needed);
            Assert.DoesNotContain(needed, id => id.StartsWith("Morgan", StringComparison.Ordinal));
        }

        folder.Delete(recursive: true);
    }
}
