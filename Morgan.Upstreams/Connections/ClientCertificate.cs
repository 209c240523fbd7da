using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Morgan.Upstreams.Connections;

/// <summary>A certificate that is shown to a host, from a file that is replaced before the certificate expires.</summary>
/// <param name="path">The file, as <see cref="Certificates.ReadWithKey"/> takes it.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientCertificate(string path, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private X509Certificate2 _certificate = Certificates.ReadWithKey(path);
    private DateTime _written = File.GetLastWriteTimeUtc(path);
    private long _lookedAt = time.GetTimestamp();

    /// <summary>The file's certificate; the one before while the file can't be read. New connections show it.</summary>
    public X509Certificate2 Current
    {
        get
        {
            lock (_gate)
            {
                if (time.GetElapsedTime(_lookedAt) >= LookAgain)
                {
                    _lookedAt = time.GetTimestamp();
                    Look();
                }

                return _certificate;
            }
        }
    }

    // The old one is left to the collector: a handshake may still be using it.
    private void Look()
    {
        try
        {
            if (File.GetLastWriteTimeUtc(path) is var written && written != _written)
            {
                (_certificate, _written) = (Certificates.ReadWithKey(path), written);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Half written, or gone for a moment: looked at again.
        }
    }
}
