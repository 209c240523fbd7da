using System.Text.Json;
using System.Text.Json.Nodes;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>A model's folder and the configuration key that named it, so that every complaint says both.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Key">For example <c>Embedding:Models:minilm</c>.</param>
internal sealed record ModelFolder(string Path, string Key)
{
    /// <summary>
    /// Opens a folder. One in the layout of the Hugging Face cache (<c>models--org--name</c>) stands for the snapshot
    /// that its main branch is at.
    /// </summary>
    public static ModelFolder Open(string path, string key)
    {
        var main = System.IO.Path.Combine(path, "refs", "main");
        return new ModelFolder(File.Exists(main) ? System.IO.Path.Combine(path, "snapshots", File.ReadAllText(main).Trim()) : path, key);
    }

    /// <summary>Whether there is such a file.</summary>
    public bool Has(string relative) => File.Exists(Full(relative));

    /// <summary>The file's path.</summary>
    public string Full(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, relative));

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
            return JsonNode.Parse(File.ReadAllBytes(Full(relative)));
        }
        catch (JsonException e)
        {
            throw Wrong(relative, $"is not valid JSON: {e.Message}", e);
        }
    }
}
