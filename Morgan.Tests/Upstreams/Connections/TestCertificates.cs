using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Morgan.Tests.Upstreams.Connections;

/// <summary>An authority of its own, a server and a client that it vouches for, in files of a folder of their own.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("morgan-tls-");

    public TestCertificates()
    {
        using var authorityKey = ECDsa.Create();
        var request = new CertificateRequest("CN=Morgan test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        AuthorityFile = Write("ca.pem", authority.ExportCertificatePem());
        Server = Issue(authority, "CN=localhost");
        Client = Issue(authority, "CN=client");
        ClientPemFile = Write("client.pem", $"{Client.ExportCertificatePem()}\n{Client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        ClientPfxFile = Path.Combine(_folder.FullName, "client.pfx");
        File.WriteAllBytes(ClientPfxFile, Client.Export(X509ContentType.Pkcs12));
    }

    public X509Certificate2 Server { get; }

    public X509Certificate2 Client { get; }

    public string AuthorityFile { get; }

    public string ClientPemFile { get; }

    public string ClientPfxFile { get; }

    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string subject)
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
