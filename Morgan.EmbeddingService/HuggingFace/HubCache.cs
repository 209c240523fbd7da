using System.Net;
using System.Text.RegularExpressions;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>
/// Repositories of the hub on this machine, in the layout that Hugging Face's own tools share:
/// <c>hub/models--org--name/{blobs/HASH, snapshots/COMMIT/FILE → blob, refs/main}</c>. A snapshot appears whole or not at all.
/// </summary>
internal sealed partial class HubCache(HubSettings settings, HubClient hub, Downloader downloader, ILogger<HubCache> logger)
{
    private const string MainBranch = "main";

    /// <summary>Whether a source is a repository id, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</summary>
    public static bool IsRepository(string source) => RepositoryId().IsMatch(source) && !source.Contains("..", StringComparison.Ordinal);

    /// <summary>The folder of a repository's snapshot, downloading what it lacks.</summary>
    /// <param name="repository">The repository's id.</param>
    /// <param name="revision">Branch, tag or commit; null: the main branch.</param>
    /// <param name="graph">The .onnx file that the user named, or null.</param>
    /// <param name="key">The model's configuration key, for error messages.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="ConfigurationException">It cannot be had; says why and what to do.</exception>
    public async Task<string> GetAsync(string repository, string? revision, string? graph, string key, CancellationToken cancellationToken)
    {
        revision ??= MainBranch;
        if (!Revision().IsMatch(revision) || revision.Contains("..", StringComparison.Ordinal))
        {
            throw new ConfigurationException($"{key}:Revision: '{revision}' is no branch, tag or commit");
        }

        var folder = Path.Combine(settings.CacheFolder, $"models--{repository.Replace("/", "--", StringComparison.Ordinal)}");
        if (settings.IsOffline)
        {
            return Known(folder, revision) ?? throw new ConfigurationException(
                $"{key}:Source: {repository} ({revision}) is not in {settings.CacheFolder}, and HF_HUB_OFFLINE forbids to download it");
        }

        try
        {
            return await BringAsync(repository, revision, graph, folder, cancellationToken);
        }
        catch (HttpRequestException e) when (e.StatusCode is null or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError)
        {
            if (Known(folder, revision) is { } snapshot)
            {
                Log.HubUnreachable(logger, repository, e.Message);
                return snapshot;
            }

            throw new ConfigurationException($"{key}:Source: {repository} cannot be downloaded from {settings.Endpoint}: {e.Message}", e);
        }
        catch (HttpRequestException e)
        {
            throw new ConfigurationException($"{key}:Source: {Refusal(repository, revision, e.StatusCode)}", e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new ConfigurationException($"{key}:Source: {repository}: {e.Message}", e);
        }
    }

    private async Task<string> BringAsync(string repository, string revision, string? graph, string folder, CancellationToken cancellationToken)
    {
        var commit = await hub.GetRevisionAsync(repository, revision, cancellationToken);
        var snapshot = Path.Combine(folder, "snapshots", commit.Commit);
        var blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs")).FullName;
        foreach (var file in FileChoice.Choose(commit.Files, graph))
        {
            var blob = Path.Combine(blobs, file.Hash);
            await downloader.DownloadAsync(repository, commit.Commit, file, blob, cancellationToken);
            Link(snapshot, file.Path, blob);
        }

        var reference = Path.Combine(folder, "refs", revision);
        Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
        await File.WriteAllTextAsync(reference, commit.Commit, cancellationToken);
        return snapshot;
    }

    // A link where the file system has them, else a copy.
    private static void Link(string snapshot, string path, string blob)
    {
        var file = Path.Combine(snapshot, path);
        if (File.Exists(file))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            File.CreateSymbolicLink(file, Path.GetRelativePath(Path.GetDirectoryName(file)!, blob));
        }
        catch (Exception e) when ((e is IOException or UnauthorizedAccessException) && !File.Exists(file))
        {
            File.Copy(blob, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process was faster.
        }
    }

    private static string? Known(string folder, string revision)
    {
        var reference = Path.Combine(folder, "refs", revision);
        var commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : revision;
        var snapshot = Path.Combine(folder, "snapshots", commit);
        return Directory.Exists(snapshot) ? snapshot : null;
    }

    private string Refusal(string repository, string revision, HttpStatusCode? status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            $"{settings.Endpoint} does not give {repository} to this {(settings.Token is null ? "anonymous caller: set HF_TOKEN" : "HF_TOKEN")}",
        HttpStatusCode.NotFound => $"{settings.Endpoint} has no {repository} at revision {revision}, and there is no such folder",
        _ => $"{settings.Endpoint} refuses {repository}: {(int?)status} {status}",
    };

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryId();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex Revision();
}
