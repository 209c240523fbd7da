using System.Net;
using System.Security.Cryptography;
using Morgan.Upstreams.Connections;

namespace Morgan.Upstreams.Configuration;

internal static class HostOptionsValidator
{
    private const int MaxNameLength = 64;

    public static void Check(OptionCheck check, HostOptions host, HashSet<string> names)
    {
        if (host.Name.Length is 0 or > MaxNameLength || !host.Name.All(IsNameCharacter))
        {
            check.Add("Name", $"must be 1 to {MaxNameLength} letters, digits, '.', '_' or '-', is '{host.Name}'");
        }
        else if (!names.Add(host.Name))
        {
            check.Add("Name", $"'{host.Name}' stands twice");
        }

        Url(check, host.Url, host.AllowLinkLocal);
        check.OneOf("Kind", host.Kind, HostKinds.All);
        check.Between("Weight", host.Weight, 0.001, 1000);
        check.Between("Priority", host.Priority, 0, 100);
        check.Between("MaxConcurrency", host.MaxConcurrency, 0, 100_000);
        Credentials(check, host);
        File(check, "ApiKeyFile", host.ApiKeyFile, path => { using var file = System.IO.File.OpenRead(path); });
        File(check, "ClientCertificate", host.ClientCertificate, path => Certificates.ReadWithKey(path).Dispose());
        File(check, "CertificateAuthority", host.CertificateAuthority, path => Certificates.TrustOnly(path));
    }

    private static void Url(OptionCheck check, string url, bool allowLinkLocal)
    {
        if (!HostAddress.TryParse(url, out var address))
        {
            check.Add("Url", $"must be an absolute http, https or https+http address without query, is '{WithoutSecrets(url)}'");
        }
        else if (address.UserInfo.Length > 0)
        {
            check.Add("Url", "must not hold a user name or password; use ApiKey or ApiKeyFile");
        }
        else if (!allowLinkLocal && IPAddress.TryParse(address.DnsSafeHost, out var literal) && AddressGuard.IsForbidden(literal))
        {
            check.Add("Url", $"{literal} is a link-local or metadata address and is not called, unless AllowLinkLocal is true");
        }
    }

    // A key in the query or a password before the @ is what makes some addresses wrong.
    private static string WithoutSecrets(string url) =>
        url.Contains('@', StringComparison.Ordinal) ? "…" : url.Split('?', '#')[0];

    private static void Credentials(OptionCheck check, HostOptions host)
    {
        if (host.ApiKey is not null && host.ApiKeyFile is not null)
        {
            check.Add("ApiKeyFile", "must not be set together with ApiKey");
        }

        if (host.Credential is not (null or "entra"))
        {
            check.Add("Credential", $"must be 'entra' or absent (a key goes into ApiKey or ApiKeyFile)");
        }
        else if (host is { Credential: "entra", Kind: not HostKinds.Azure })
        {
            check.Add("Credential", "'entra' is for hosts of kind azure");
        }

        if (host is { Kind: HostKinds.Azure, ApiVersion: null or "" })
        {
            check.Add("ApiVersion", "must be set for hosts of kind azure, for example 2024-10-21");
        }
    }

    private static void File(OptionCheck check, string key, string? path, Action<string> read)
    {
        if (path is null)
        {
            return;
        }

        if (!System.IO.File.Exists(path))
        {
            check.Add(key, $"the file '{path}' does not exist");
            return;
        }

        try
        {
            read(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            check.Add(key, $"the file '{path}' can't be used: {e.Message}");
        }
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
