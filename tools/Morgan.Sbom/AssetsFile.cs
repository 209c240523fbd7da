using System.Text.Json;

namespace Morgan.Sbom;

/// <summary>
/// Reads what a restore resolved, <c>project.assets.json</c>:
/// <c>{"targets":{"net10.0":{"Polly.Core/8.6.4":{"type":"package","dependencies":{"X":"1.0.0"}}}},"libraries":{"Polly.Core/8.6.4":{"path":"polly.core/8.6.4"}},"packageFolders":{"…":{}},"projectFileDependencyGroups":{"net10.0":["Polly.Core >= 8.6.4"]}}</c>.
/// </summary>
internal static class AssetsFile
{
    /// <summary>Everything that the project is made of, by name, and first the project itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The project's name.</param>
    /// <param name="version">The project's version.</param>
    /// <param name="runtime">The runtime that it is published for; null: any.</param>
    /// <exception cref="SbomException">The file is not what a restore writes.</exception>
    public static IReadOnlyList<Component> Read(string path, string name, string version, string? runtime)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(json.RootElement, name, version, runtime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SbomException($"{path} is not what a restore writes: {e.Message}");
        }
    }

    private static List<Component> Read(JsonElement assets, string name, string version, string? runtime)
    {
        var target = Target(assets.GetProperty("targets"), runtime);
        var resolved = target.Value.EnumerateObject().ToDictionary(entry => entry.Name.Split('/')[0], StringComparer.OrdinalIgnoreCase);
        var references = resolved.ToDictionary(
            entry => entry.Key, entry => Reference(entry.Value), StringComparer.OrdinalIgnoreCase);
        var folders = assets.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToArray();
        var libraries = assets.GetProperty("libraries");
        var direct = assets.GetProperty("projectFileDependencyGroups").GetProperty(target.Name.Split('/')[0])
            .EnumerateArray().Select(line => line.GetString()!.Split(' ')[0]);
        return
        [
            new Component(name, version, IsPackage: false, null, null, Resolve(direct, references)),
            .. resolved.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => Make(entry, libraries, folders, references)),
        ];
    }

    private static JsonProperty Target(JsonElement targets, string? runtime) =>
        targets.EnumerateObject().Where(target => runtime is not null && target.Name.EndsWith($"/{runtime}", StringComparison.Ordinal))
            .Concat(targets.EnumerateObject().Where(target => !target.Name.Contains('/', StringComparison.Ordinal)))
            .Cast<JsonProperty?>().FirstOrDefault() ?? throw new SbomException("the project was not restored for any framework");

    private static Component Make(JsonProperty entry, JsonElement libraries, string[] folders, Dictionary<string, string> references)
    {
        var (name, version) = (entry.Name.Split('/')[0], entry.Name.Split('/')[1]);
        var needs = entry.Value.TryGetProperty("dependencies", out var dependencies)
            ? Resolve(dependencies.EnumerateObject().Select(dependency => dependency.Name), references)
            : [];
        if (!IsPackage(entry))
        {
            return new Component(name, version, IsPackage: false, null, null, needs);
        }

        var path = libraries.GetProperty(entry.Name).GetProperty("path").GetString()!;
        var folder = folders.Select(folder => Path.Combine(folder, path)).FirstOrDefault(Directory.Exists)
            ?? throw new SbomException($"{entry.Name} is not in {string.Join(" or ", folders)}: restore first");
        return new Component(name, version, IsPackage: true, PackageFolder.HashOf(folder), PackageFolder.LicenceOf(folder), needs);
    }

    private static bool IsPackage(JsonProperty entry) => entry.Value.GetProperty("type").GetString() == "package";

    private static string Reference(JsonProperty entry) =>
        new Component(entry.Name.Split('/')[0], entry.Name.Split('/')[1], IsPackage(entry), null, null, []).Reference;

    // What the framework brings along itself was left out by the restore.
    private static List<string> Resolve(IEnumerable<string> names, Dictionary<string, string> references) =>
        [.. names.Where(references.ContainsKey).Select(name => references[name]).Order(StringComparer.Ordinal)];
}
