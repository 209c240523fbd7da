using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Connections;

/// <summary>A host's key, from its options or from a file that may be replaced while the service runs (mounted secrets are).</summary>
internal sealed class HostKey(HostOptions options, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _lookedAt;
    private DateTime _written;
    private volatile string? _key;

    /// <summary>The key; null when the host has none.</summary>
    /// <exception cref="HostAuthorizationException">The file can't be read or is empty.</exception>
    public string? Read()
    {
        if (options.ApiKeyFile is not { } path)
        {
            return options.ApiKey;
        }

        if (_key is { } known && time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LookAgain)
        {
            return known;
        }

        lock (_gate)
        {
            return ReadFile(path);
        }
    }

    private string ReadFile(string path)
    {
        try
        {
            var written = File.GetLastWriteTimeUtc(path);
            if (_key is null || written != _written)
            {
                var text = File.ReadAllText(path).Trim();
                _key = text.Length > 0 ? text : throw new HostAuthorizationException($"the key file '{path}' is empty");
                _written = written;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostAuthorizationException($"the key file '{path}' can't be read", e);
        }

        Volatile.Write(ref _lookedAt, time.GetTimestamp());
        return _key;
    }
}
