using System.Text.Json.Nodes;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>Reads single values of a model's configuration files; a value of another type counts as absent.</summary>
internal static class JsonValues
{
    /// <summary>A whole number.</summary>
    public static int? Int(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    /// <summary>A string.</summary>
    public static string? Text(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Whether the value is there and true.</summary>
    public static bool IsTrue(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}
