using System.Text.Json;
using System.Text.Json.Nodes;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>
/// A model's folder and the configuration key that named it, so that every complaint says both. Its files may have come
/// from anywhere: none of them, by its name or by a link, leads out of the folder.
/// </summary>
internal sealed record ModelFolder
{
    private const int LongestChain = 16;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string _root;

    private ModelFolder(string path, string key)
    {
        (Path, Key) = (path, key);
        var repository = System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(path)) ?? path;
        _root = Directory.Exists(System.IO.Path.Combine(repository, "blobs")) && path.StartsWith(System.IO.Path.Combine(repository, "snapshots"), StringComparison.Ordinal)
            ? repository
            : path;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>For example <c>Embedding:Models:minilm</c>.</summary>
    public string Key { get; }

    /// <summary>
    /// Opens a folder. One in the layout of the Hugging Face cache (<c>models--org--name</c>) stands for the snapshot
    /// that its main branch is at; its files are links into the cache's blobs.
    /// </summary>
    /// <exception cref="ConfigurationException">The branch names no snapshot.</exception>
    public static ModelFolder Open(string path, string key)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        var main = System.IO.Path.Combine(path, "refs", "main");
        if (!File.Exists(main))
        {
            return new ModelFolder(path, key);
        }

        var commit = File.ReadAllText(main).Trim();
        return commit.Length > 0 && commit.All(char.IsAsciiLetterOrDigit)
            ? new ModelFolder(System.IO.Path.Combine(path, "snapshots", commit), key)
            : throw new ConfigurationException($"{key}:Source: {main} names no commit");
    }

    /// <summary>Whether there is such a file.</summary>
    /// <exception cref="ConfigurationException">It leads out of the folder.</exception>
    public bool Has(string relative) => File.Exists(Full(relative));

    /// <summary>The file's path.</summary>
    /// <exception cref="ConfigurationException">It leads out of the folder.</exception>
    public string Full(string relative)
    {
        var full = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, relative));
        if (!IsInside(full, Path) || !StaysInside(full, LongestChain))
        {
            throw new ConfigurationException($"{Key}:Source: '{relative}' leads out of the model's folder {Path}");
        }

        return full;
    }

    /// <summary>The JSON object in a file, or null: there is no such file.</summary>
    /// <exception cref="ConfigurationException">It is no JSON object.</exception>
    public JsonObject? Json(string relative) => Parse(relative) switch
    {
        null => null,
        JsonObject json => json,
        _ => throw Wrong(relative, "is not a JSON object"),
    };

    /// <summary>The JSON list of objects in a file.</summary>
    /// <exception cref="ConfigurationException">It is none.</exception>
    public IReadOnlyList<JsonObject> JsonList(string relative) =>
        Parse(relative) is JsonArray list && list.All(item => item is JsonObject)
            ? [.. list.Cast<JsonObject>()]
            : throw Wrong(relative, "is not a list of JSON objects");

    /// <summary>A complaint about a file of this folder.</summary>
    public ConfigurationException Wrong(string relative, string problem, Exception? inner = null)
    {
        var message = $"{Key}: {Full(relative)} {problem}";
        return inner is null ? new ConfigurationException(message) : new ConfigurationException(message, inner);
    }

    private JsonNode? Parse(string relative)
    {
        if (!Has(relative))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(Full(relative)), documentOptions: Strict);
        }
        catch (JsonException e)
        {
            throw Wrong(relative, $"is not valid JSON: {e.Message}", e);
        }
    }

    // Follows every link on the way.
    private bool StaysInside(string full, int links)
    {
        for (var at = full; at.Length > _root.Length; at = System.IO.Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is { } target)
            {
                var led = System.IO.Path.GetFullPath(
                    System.IO.Path.Combine(System.IO.Path.GetDirectoryName(at)!, target, System.IO.Path.GetRelativePath(at, full)));
                return links > 0 && IsInside(led, _root) && StaysInside(led, links - 1);
            }
        }

        return true;
    }

    private static bool IsInside(string full, string folder) =>
        full == folder || full.StartsWith(folder + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
