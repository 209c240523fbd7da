using System.Net;

namespace Morgan.ServiceDefaults.Auth;

internal static class AuthValidation
{
    private const int MinKeyLength = 16;
    private const int MostAtOnce = 100_000;

    public static IEnumerable<string> Check(AuthOptions options, bool mayBeOpen)
    {
        if (options.Keys.Count == 0 && !options.AllowAnonymous && !mayBeOpen)
        {
            yield return "Auth:Keys: no API key is configured, and outside Development the service does not start open. "
                + "Add a key (Id, and KeySha256 or Key), or set Auth:AllowAnonymous to true";
        }

        for (var i = 0; i < options.TrustedProxies.Count; i++)
        {
            if (!IPNetwork.TryParse(options.TrustedProxies[i], out _))
            {
                yield return $"Auth:TrustedProxies:{i}: must be a network such as 10.0.0.0/8, is '{options.TrustedProxies[i]}'";
            }
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        var hashes = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Keys.Count; i++)
        {
            foreach (var problem in Check(options.Keys[i], $"Auth:Keys:{i}", ids, hashes))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<string> Check(ApiKeyOptions key, string path, HashSet<string> ids, HashSet<string> hashes)
    {
        if (key.Id.Length == 0 || !ids.Add(key.Id))
        {
            yield return $"{path}:Id: must be set and unique, is '{key.Id}'";
        }

        if (key.Key is not null)
        {
            if (key.KeySha256.Length > 0)
            {
                yield return $"{path}: has both Key and KeySha256; one of them is to go";
            }

            if (key.Key.Length < MinKeyLength)
            {
                yield return $"{path}:Key: must have {MinKeyLength} characters or more, has {key.Key.Length}";
            }
        }
        else if (key.KeySha256.Length != 64 || !key.KeySha256.All(char.IsAsciiHexDigit))
        {
            yield return $"{path}:KeySha256: must be 64 hexadecimal digits (the SHA-256 of the key, not the key)";
        }

        if (!hashes.Add(key.Hash))
        {
            yield return $"{path}: the same key stands twice";
        }

        if (key.Tenant.Length == 0)
        {
            yield return $"{path}:Tenant: must not be empty";
        }

        if (key.RequestsPerMinute < 0)
        {
            yield return $"{path}:RequestsPerMinute: must be 0 (the tenant's limit) or more, is {key.RequestsPerMinute}";
        }

        if (key.TokensPerMinute < 0)
        {
            yield return $"{path}:TokensPerMinute: must be 0 (the tenant's limit) or more, is {key.TokensPerMinute}";
        }

        if (key.MaxConcurrent is < 0 or > MostAtOnce)
        {
            yield return $"{path}:MaxConcurrent: must be 0 (the tenant's limit) to {MostAtOnce}, is {key.MaxConcurrent}";
        }
    }
}
