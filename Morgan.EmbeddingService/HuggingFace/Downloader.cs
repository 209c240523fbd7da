using System.Net;
using System.Security.Cryptography;
using System.Text;
using Morgan.EmbeddingService.Telemetry;

namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>
/// Brings one file of a repository into the cache's blobs: goes on where an interrupted download stopped, checks size and
/// hash, and only then gives it its name. Other processes that want the same file wait for this one.
/// </summary>
internal sealed class Downloader(HubClient hub, EmbeddingMetrics metrics, TimeProvider time, ILogger<Downloader> logger)
{
    private const int MaxTries = 6;
    private const int BufferBytes = 128 * 1024;
    private const int Percent = 100;
    private const int LogEveryPercent = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StallsAfter = TimeSpan.FromSeconds(60);

    /// <summary>Brings a file to its place, if it is not there.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="file">The file.</param>
    /// <param name="blob">Its place.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="HttpRequestException">The hub refused, or went away too often.</exception>
    /// <exception cref="InvalidDataException">What came has another size or hash.</exception>
    public async Task DownloadAsync(string repository, string commit, HubFile file, string blob, CancellationToken cancellationToken)
    {
        if (File.Exists(blob))
        {
            return;
        }

        using var mine = await BlobLock.TakeAsync(blob, time, cancellationToken);
        var incomplete = $"{blob}.incomplete";
        for (var tries = 1; !File.Exists(blob); tries++)
        {
            try
            {
                await AppendAsync(repository, commit, file, incomplete, cancellationToken);
                await VerifyAsync(file, incomplete, cancellationToken);
                File.Move(incomplete, blob);
            }
            catch (InvalidDataException) when (tries < 2)
            {
                // Perhaps what was there before belonged to something else: once more from the start.
                File.Delete(incomplete);
            }
            catch (Exception e) when (tries < MaxTries && MayPass(e))
            {
                var pause = FirstPause * Math.Pow(2, tries - 1);
                Log.DownloadInterrupted(logger, file.Path, e.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private static bool MayPass(Exception e) => e is IOException
        || e is HttpRequestException { StatusCode: null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError };

    private async Task AppendAsync(string repository, string commit, HubFile file, string incomplete, CancellationToken cancellationToken)
    {
        await using var output = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
        if (output.Length > file.Size)
        {
            output.SetLength(0);
        }

        if (output.Length == file.Size)
        {
            return;
        }

        using var response = await hub.OpenAsync(repository, commit, file.Path, output.Length, cancellationToken);
        if (response.StatusCode != HttpStatusCode.PartialContent)
        {
            output.SetLength(0);
        }

        output.Seek(0, SeekOrigin.End);
        await CopyAsync(response, output, file, cancellationToken);
        if (output.Length < file.Size)
        {
            throw new IOException($"ended after {output.Length} of {file.Size} bytes");
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, FileStream output, HubFile file, CancellationToken cancellationToken)
    {
        await using var input = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        var said = output.Length * Percent / Math.Max(1, file.Size);
        while (true)
        {
            var read = await ReadAsync(input, buffer, cancellationToken);
            if (read == 0)
            {
                return;
            }

            if (output.Length + read > file.Size)
            {
                throw new InvalidDataException($"{file.Path} is longer than the {file.Size} bytes that the hub names");
            }

            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            metrics.Downloaded(read);
            var percent = output.Length * Percent / Math.Max(1, file.Size);
            if (percent >= said + LogEveryPercent && percent < Percent)
            {
                said = percent;
                Log.Downloading(logger, file.Path, percent, file.Size);
            }
        }
    }

    private async Task<int> ReadAsync(Stream input, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(StallsAfter, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new IOException($"nothing came for {StallsAfter.TotalSeconds:0} s", e);
        }
    }

    private static async Task VerifyAsync(HubFile file, string path, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, useAsync: true);
        using var hash = IncrementalHash.CreateHash(file.IsSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!file.IsSha256)
        {
            // Git hashes a file with its length in front.
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        }

        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Hash)
        {
            throw new InvalidDataException($"{file.Path} has another hash than the hub names: it was damaged on its way");
        }
    }
}
