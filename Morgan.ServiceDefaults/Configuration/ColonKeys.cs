using Microsoft.Extensions.Configuration;

namespace Morgan.ServiceDefaults.Configuration;

/// <summary>
/// Reads a JSON object whose property names may hold colons. .NET configuration splits such names into a path:
/// <c>{ "qwen3:8b": "qwen3:8b-q4" }</c> becomes the key <c>qwen3:8b</c> two levels deep.
/// </summary>
public static class ColonKeys
{
    /// <summary>The pairs of <paramref name="section"/>, with the names as they were written.</summary>
    /// <param name="section">A section whose values are all strings.</param>
    public static Dictionary<string, string> Read(IConfigurationSection section) =>
        section.AsEnumerable(makePathsRelative: true)
            .Where(pair => pair.Value is not null && pair.Key.Length > 0)
            .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
}
