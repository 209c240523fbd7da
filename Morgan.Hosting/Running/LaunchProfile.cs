using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>What <c>Properties/launchSettings.json</c> says of how a project is started.</summary>
internal sealed record LaunchProfile(IReadOnlyList<Uri> ApplicationUrls, IReadOnlyDictionary<string, string> Environment) : IResourceAnnotation
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the first profile of a project's launch settings; nothing if the project has none.</summary>
    /// <param name="projectPath">The project file, or the project's folder.</param>
    public static LaunchProfile ReadFirst(string projectPath)
    {
        var folder = Directory.Exists(projectPath) ? projectPath : Path.GetDirectoryName(projectPath)!;
        var file = Path.Combine(folder, "Properties", "launchSettings.json");
        if (!File.Exists(file))
        {
            return new([], new Dictionary<string, string>());
        }

        try
        {
            // {"profiles":{"http":{"applicationUrl":"http://localhost:5080","environmentVariables":{"A":"b"}}}}
            using var settings = JsonDocument.Parse(File.ReadAllBytes(file), Lenient);
            var profile = settings.RootElement.GetProperty("profiles").EnumerateObject().First().Value;
            var urls = profile.TryGetProperty("applicationUrl", out var url) ? url.GetString()!.Split(';') : [];
            var variables = profile.TryGetProperty("environmentVariables", out var v) ? v.EnumerateObject().ToArray() : [];
            return new([.. urls.Select(u => new Uri(u))], variables.ToDictionary(e => e.Name, e => e.Value.GetString()!));
        }
        catch (Exception problem) when (problem is JsonException or UriFormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DistributedApplicationException($"{file} is not what launch settings look like: {problem.Message}", problem);
        }
    }
}
