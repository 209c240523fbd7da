namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>
/// The right to download a blob, over all processes of the machine: an exclusively opened file in the cache's
/// <c>.locks</c>, where Hugging Face's own tools lock too.
/// </summary>
internal sealed class BlobLock : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(2);

    private readonly FileStream _file;

    private BlobLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock of <c>hub/models--org--name/blobs/HASH</c>.</summary>
    /// <exception cref="TimeoutException">Another process has held it for two hours.</exception>
    public static async Task<BlobLock> TakeAsync(string blob, TimeProvider time, CancellationToken cancellationToken)
    {
        var repository = Path.GetDirectoryName(Path.GetDirectoryName(blob))!;
        var folder = Path.Combine(Path.GetDirectoryName(repository)!, ".locks", Path.GetFileName(repository));
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Path.GetFileName(blob)}.lock");
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new BlobLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (time.GetElapsedTime(began) < LongestWait)
            {
                await Task.Delay(Interval, time, cancellationToken);
            }
            catch (IOException e)
            {
                throw new TimeoutException($"{path} is locked by another process", e);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
