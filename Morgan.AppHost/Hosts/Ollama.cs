using System.Text.Json;

namespace Morgan.AppHost.Hosts;

/// <summary>Looks for an Ollama on this machine.</summary>
internal static class Ollama
{
    /// <summary>Where Ollama listens by default.</summary>
    public const string Url = "http://localhost:11434";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Whether one answers within 2 s and has a model.</summary>
    public static async Task<bool> HasModelAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Deadline };
        try
        {
            // {"models":[{"name":"llama3.2:latest"}]}
            await using var answer = await http.GetStreamAsync($"{Url}/api/tags");
            using var tags = await JsonDocument.ParseAsync(answer);
            return tags.RootElement.ValueKind == JsonValueKind.Object
                && tags.RootElement.TryGetProperty("models", out var models)
                && models.ValueKind == JsonValueKind.Array && models.GetArrayLength() > 0;
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException or JsonException or IOException)
        {
            return false;
        }
    }
}
