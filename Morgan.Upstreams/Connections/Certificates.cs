using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Morgan.Upstreams.Connections;

/// <summary>Reads certificates from files.</summary>
internal static class Certificates
{
    /// <summary>A certificate with its private key: PEM with both in it, or PKCS#12 without password.</summary>
    /// <exception cref="CryptographicException">The file holds neither.</exception>
    public static X509Certificate2 ReadWithKey(string path)
    {
        if (!IsPem(path))
        {
            return X509CertificateLoader.LoadPkcs12FromFile(path, password: null);
        }

        // Windows can't use a key for TLS that was never in a store; by way of PKCS#12 it is.
        using var certificate = X509Certificate2.CreateFromPemFile(path);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Trust in the authorities of a PEM file, and in no others. The names in certificates are checked as ever.</summary>
    /// <exception cref="CryptographicException">The file holds no certificate.</exception>
    public static X509ChainPolicy TrustOnly(string path)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(path);
        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new CryptographicException($"'{path}' holds no PEM certificate");
    }

    private static bool IsPem(string path) => File.ReadAllText(path).Contains("-----BEGIN", StringComparison.Ordinal);
}
