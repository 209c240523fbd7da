using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting;

namespace Morgan.Hosting.Dcp;

/// <summary>Starts DCP, Aspire's orchestrator. It watches this process, and ends everything that it has started when this process is gone.</summary>
internal static class DcpServer
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    // What speaks to the AppHost must not speak to the processes that it starts.
    private static readonly string[] NotInherited =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ASPIRE_LOG_LEVEL"];

    /// <summary>Starts DCP and waits until it answers.</summary>
    /// <exception cref="DistributedApplicationException">It did not answer within 20 s.</exception>
    public static async Task<DcpClient> StartAsync(string dcpPath, CancellationToken cancellationToken)
    {
        // DCP deletes this folder when it ends. The certificate is made here because DCP's own takes seconds (RSA 4096).
        var session = Directory.CreateTempSubdirectory("morgan-").FullName;
        var (certificateFile, keyFile) = (Path.Combine(session, "dcp.pem"), Path.Combine(session, "dcp.key"));
        using var certificate = MakeCertificate(certificateFile, keyFile);
        var kubeconfig = Path.Combine(session, "kubeconfig");
        var start = new ProcessStartInfo(dcpPath)
        {
            ArgumentList =
            {
                "start-apiserver", "--detach", "--monitor", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                "--kubeconfig", kubeconfig, "--tls-cert-file", certificateFile, "--tls-key-file", keyFile,
            },
            Environment = { ["DCP_SESSION_FOLDER"] = session },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } runtime)
        {
            start.ArgumentList.Add("--container-runtime");
            start.ArgumentList.Add(runtime);
        }

        foreach (var name in NotInherited)
        {
            start.Environment.Remove(name);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartDeadline);
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(deadline.Token);
            return await ConnectAsync(kubeconfig, certificate.GetCertHash(HashAlgorithmName.SHA256), deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"The orchestrator {dcpPath} has not answered within {StartDeadline.TotalSeconds} s.");
        }
    }

    private static async Task<DcpClient> ConnectAsync(string kubeconfig, byte[] certificateHash, CancellationToken cancellationToken)
    {
        while (true)
        {
            // "    server: https://127.0.0.1:39157" and "    token: gpmdjfvs…", written when the port is known
            var lines = File.Exists(kubeconfig) ? await File.ReadAllLinesAsync(kubeconfig, cancellationToken) : [];
            if (Value(lines, "server: ") is { } server && Value(lines, "token: ") is { } token)
            {
                var client = new DcpClient(new Uri(server), token, certificateHash);
                if (await client.AnswersAsync(cancellationToken))
                {
                    return client;
                }

                client.Dispose();
            }

            await Task.Delay(25, cancellationToken);
        }
    }

    private static string? Value(string[] lines, string key) => lines
        .Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim('"');

    private static X509Certificate2 MakeCertificate(string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
