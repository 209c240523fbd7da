using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Morgan.Tests.CacheServer;
using Morgan.Tests.State;

namespace Morgan.Tests.Security;

/// <summary>A redis-server that also speaks TLS, with a certificate of an authority made for it, by way of another in between.</summary>
internal sealed class TlsRedis : IAsyncDisposable
{
    private readonly StateStore _store;
    private readonly DirectoryInfo _folder;
    private readonly int _port;

    private TlsRedis(StateStore store, DirectoryInfo folder, int port) => (_store, _folder, _port) = (store, folder, port);

    /// <summary>With TLS, for the user with this password.</summary>
    public string ConnectionString => $"localhost:{_port.ToString(CultureInfo.InvariantCulture)},ssl=true,password={Password}";

    public static string Password => "canary-of-a-password";

    /// <summary>The authority's certificate.</summary>
    public string Authority => Path.Combine(_folder.FullName, "authority.pem");

    /// <summary>Another authority's.</summary>
    public string OtherAuthority => Path.Combine(_folder.FullName, "other.pem");

    public static async Task<TlsRedis> StartAsync(string name = "localhost")
    {
        var folder = Directory.CreateTempSubdirectory("morgan-tls-");
        string In(string file) => Path.Combine(folder.FullName, file);
        using var root = Certify("CN=a root", null, null);
        using var between = Certify("CN=in between", root, null);
        using var server = Certify($"CN={name}", between, name);
        using var other = Certify("CN=another root", null, null);
        await File.WriteAllTextAsync(In("authority.pem"), root.ExportCertificatePem());
        await File.WriteAllTextAsync(In("other.pem"), other.ExportCertificatePem());
        await File.WriteAllTextAsync(In("server.pem"), server.ExportCertificatePem() + "\n" + between.ExportCertificatePem());
        await File.WriteAllTextAsync(In("server.key"), server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var port = TestCache.FreePort();
        var store = await StateStore.StartAsync(
            StateStore.Redis, "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", In("server.pem"), "--tls-key-file", In("server.key"),
            "--tls-ca-cert-file", In("authority.pem"), "--tls-auth-clients", "no");
        await using var admin = await store.ConnectAsync();
        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "requirepass", Password);
        return new TlsRedis(store, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 Certify(string subject, X509Certificate2? issuer, string? host)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: host is null, false, 0, critical: true));
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        if (issuer is null)
        {
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        }

        // Not by the clock again: a certificate must not outlive its issuer's by the second that has begun since.
        using var signed = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
