using System.Text.Json;

namespace Morgan.LlmService.Routing;

/// <summary>Reads a list of models: <c>{"object":"list","data":[{"id":"llama3","created":1700000000,"owned_by":"vllm"}]}</c>.</summary>
internal static class ModelList
{
    private const int MostModels = 10_000;

    /// <summary>The models; null: it is no such list.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static IReadOnlyList<ModelInfo>? Parse(byte[] utf8)
    {
        using var list = JsonDocument.Parse(utf8);
        return list.RootElement.ValueKind == JsonValueKind.Object
            && list.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
            ? [.. data.EnumerateArray().Select(Model).OfType<ModelInfo>().Take(MostModels)]
            : null;
    }

    private static ModelInfo? Model(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && Text(entry, "id") is { Length: > 0 } id
            ? new ModelInfo(id, Created(entry), Text(entry, "owned_by") ?? "")
            : null;

    private static long Created(JsonElement entry) =>
        entry.TryGetProperty("created", out var created) && created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out var at) ? at : 0;

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
