using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Morgan.ServiceDefaults.Configuration;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>What both stores' connections have in common.</summary>
internal static partial class RedisSetup
{
    private const int ConnectTimeoutMs = 2000;

    /// <summary>Reads section <c>Redis</c> and registers <see cref="RedisKeys"/>.</summary>
    /// <returns>Sets up a connection.</returns>
    /// <exception cref="ConfigurationException">A key is not known, or its value is wrong.</exception>
    public static Action<ConfigurationOptions> AddRedisSetup(this IHostApplicationBuilder builder)
    {
        var options = Read(builder.Configuration.GetSection(RedisOptions.Section));
        if (!Prefix().IsMatch(options.KeyPrefix))
        {
            throw new ConfigurationException("Redis:KeyPrefix: must be 1 to 64 of A-Z, a-z, 0-9, '-', '_', '.' and ':'");
        }

        var trust = options.CertificateAuthority is { Length: > 0 } file ? TrustOnly(file) : null;
        builder.Services.TryAddSingleton(new RedisKeys(options.KeyPrefix));
        return connection => Apply(connection, trust);
    }

    private static void Apply(ConfigurationOptions connection, X509ChainPolicy? trust)
    {
        (connection.AbortOnConnectFail, connection.ConnectTimeout) = (false, ConnectTimeoutMs);

        // The client's own key and channel, by which clients tell each other which of several primaries to use. Morgan names
        // no primary, and they would be the only names without the installation's prefix.
        (connection.TieBreaker, connection.ConfigurationChannel) = ("", "");
        connection.SslProtocols ??= SslProtocols.Tls12 | SslProtocols.Tls13;
        if (trust is not null)
        {
            // Not the client's TrustIssuer: that does not look at the authorities in between which the server sends along.
            var protocols = connection.SslProtocols.Value;
            connection.SslClientAuthenticationOptions = host => new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = protocols,
                CertificateChainPolicy = trust,
            };
        }
    }

    private static RedisOptions Read(IConfigurationSection section)
    {
        try
        {
            return section.Get<RedisOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new RedisOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException(BinderMessage.Explain(RedisOptions.Section, e), e);
        }
    }

    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"Redis:CertificateAuthority: '{file}' cannot be read: {e.Message}", e);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new ConfigurationException($"Redis:CertificateAuthority: '{file}' holds no PEM certificate");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9\-_.:]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
