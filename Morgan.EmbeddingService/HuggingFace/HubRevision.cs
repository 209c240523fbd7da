using System.Buffers;
using System.Text.Json.Nodes;
using Morgan.EmbeddingService.Catalog.Layouts;

namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>One commit of a repository and its files.</summary>
/// <param name="Commit">The commit's hash.</param>
/// <param name="Files">Every file.</param>
internal sealed record HubRevision(string Commit, IReadOnlyList<HubFile> Files)
{
    private const int CommitLength = 40;
    private const int Sha256Length = 64;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:*?\"<>|\0");

    /// <summary>
    /// Reads the hub's answer: <c>{"sha":"0123…","siblings":[{"rfilename":"onnx/model.onnx","size":9,"blobId":"…","lfs":{"sha256":"…","size":9}}]}</c>.
    /// </summary>
    /// <exception cref="InvalidDataException">It is something else, or names a file outside the repository.</exception>
    public static HubRevision Read(JsonNode? json)
    {
        if (json is not JsonObject root || root.Text("sha") is not { } commit || !IsHash(commit, CommitLength) || root["siblings"] is not JsonArray siblings)
        {
            throw new InvalidDataException("the hub's answer names no commit and files");
        }

        return new HubRevision(commit, [.. siblings.OfType<JsonObject>().Select(ReadFile)]);
    }

    private static HubFile ReadFile(JsonObject json)
    {
        var path = json.Text("rfilename") ?? "";
        if (!IsSafe(path))
        {
            throw new InvalidDataException($"the repository has a file with the name '{path}', which is no path inside a folder");
        }

        if (json["lfs"] is JsonObject large)
        {
            return new HubFile(path, Size(large, path), Hash(large.Text("sha256"), Sha256Length, path), IsSha256: true);
        }

        return new HubFile(path, Size(json, path), Hash(json.Text("blobId"), CommitLength, path), IsSha256: false);
    }

    private static long Size(JsonObject json, string path) =>
        json["size"] is JsonValue value && value.TryGetValue<long>(out var size) && size >= 0
            ? size
            : throw new InvalidDataException($"the hub does not say how large {path} is");

    private static string Hash(string? hash, int length, string path) =>
        hash is not null && IsHash(hash, length) ? hash : throw new InvalidDataException($"the hub does not say the hash of {path}");

    private static bool IsHash(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);

    // Every part of the path is a plain name: nothing that leads out of the folder, on any operating system.
    private static bool IsSafe(string path) => path.Length is > 0 and < 1024 && path.Split('/').All(part =>
        part.Length > 0 && part.Trim('.', ' ').Length > 0 && !part.AsSpan().ContainsAny(Forbidden) && !part.AsSpan().ContainsAnyInRange('\u0001', '\u001f'));
}
