using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace Morgan.CacheServer;

/// <summary>Reads and checks the configuration.</summary>
internal static class CacheOptionsReader
{
    private const string Section = "Cache";
    private const long LeastMemory = 64L << 20;
    private const long MostMemory = 1L << 40;

    private static readonly string[] Keys =
        [nameof(CacheOptions.Port), nameof(CacheOptions.Address), nameof(CacheOptions.Password), nameof(CacheOptions.MaxMemoryBytes)];

    /// <summary>The options that the configuration states; defaults for the rest.</summary>
    /// <exception cref="StartException">A value is wrong, or a key unknown.</exception>
    public static CacheOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        foreach (var child in section.GetChildren())
        {
            if (!Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartException($"{child.Path}: unknown key; there are {string.Join(", ", Keys.Select(k => $"{Section}:{k}"))}");
            }
        }

        var defaults = new CacheOptions();
        var options = new CacheOptions
        {
            Port = (int)Number(section, nameof(CacheOptions.Port), 1, IPEndPoint.MaxPort, defaults.Port),
            Address = Address(section, defaults.Address),
            Password = section[nameof(CacheOptions.Password)] is { Length: > 0 } password ? password : null,
            MaxMemoryBytes = Number(section, nameof(CacheOptions.MaxMemoryBytes), LeastMemory, MostMemory, defaults.MaxMemoryBytes),
        };
        return options.Password is not null || IPAddress.IsLoopback(options.Address)
            ? options
            : throw new StartException($"{Section}:Password: must be set, because {Section}:Address {options.Address} is reachable from outside");
    }

    private static long Number(IConfigurationSection section, string key, long least, long most, long otherwise)
    {
        if (section[key] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new StartException($"{Section}:{key}: must be a whole number from {least} to {most}, is '{text}'");
    }

    private static IPAddress Address(IConfigurationSection section, IPAddress otherwise) => section[nameof(CacheOptions.Address)] switch
    {
        null or "" => otherwise,
        "localhost" => IPAddress.Loopback,
        var text => IPAddress.TryParse(text, out var address)
            ? address
            : throw new StartException($"{Section}:Address: must be an IP address or localhost, is '{text}'"),
    };
}
