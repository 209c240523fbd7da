using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Morgan.AppHost.Hosts;

/// <summary>Looks for an Ollama on this machine.</summary>
internal static class Ollama
{
    private const string Key = "OLLAMA_HOST";
    private const string DefaultPort = "11434";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Where Ollama listens: what its own variable <c>OLLAMA_HOST</c> says (<c>127.0.0.1:11435</c>), else port 11434.</summary>
    /// <exception cref="DistributedApplicationException">The variable is no address.</exception>
    public static string UrlOf(IConfiguration configuration)
    {
        var text = configuration[Key] is { Length: > 0 } configured ? configured : "localhost";
        var withPort = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{(text.Contains(':') ? text : $"{text}:{DefaultPort}")}";
        return Uri.TryCreate(withPort, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new UriBuilder(url) { Host = url.Host is "0.0.0.0" or "[::]" ? "localhost" : url.Host, Path = "" }.Uri.GetLeftPart(UriPartial.Authority)
            : throw new DistributedApplicationException($"{Key} is \"{text}\", not an address such as localhost:{DefaultPort}.");
    }

    /// <summary>Whether one answers within 2 s and has a model.</summary>
    public static async Task<bool> HasModelAsync(string url)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Deadline };
        try
        {
            // {"models":[{"name":"llama3.2:latest"}]}
            await using var answer = await http.GetStreamAsync($"{url}/api/tags");
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
