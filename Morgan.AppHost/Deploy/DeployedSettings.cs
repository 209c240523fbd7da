using Microsoft.Extensions.Configuration;

namespace Morgan.AppHost.Deploy;

/// <summary>
/// What a deployed service gets of the configuration here, since morgan.json stays behind: each value as an environment
/// variable, and for each host's key a secret parameter.
/// </summary>
internal static class DeployedSettings
{
    /// <summary>The settings of some sections.</summary>
    /// <param name="configuration">morgan.json and what stands above it.</param>
    /// <param name="sections">Such as <c>Llm</c>.</param>
    /// <exception cref="DistributedApplicationException">A setting cannot be deployed; the message names its key.</exception>
    public static IReadOnlyList<DeployedSetting> Of(IConfiguration configuration, params IReadOnlyList<string> sections) =>
        [.. sections.SelectMany(section => configuration.GetSection(section).AsEnumerable())
            .Where(pair => pair.Value is not null)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => Setting(configuration, pair.Key, pair.Value!))];

    // "Llm:Hosts:0:ApiKeyFile" becomes the secret Llm__Hosts__0__ApiKey, asked for as host-openai-key.
    private static DeployedSetting Setting(IConfiguration configuration, string key, string value)
    {
        var (parent, leaf) = (ConfigurationPath.GetParentPath(key)!, ConfigurationPath.GetSectionKey(key));
        switch (leaf)
        {
            case "ClientCertificate" or "CertificateAuthority":
                throw new DistributedApplicationException(
                    $"{key} names a file on this machine, which the container will not have. Build it into the image or mount it, and set {Variable(key)} on the deployed service.");
            case "ApiKey" or "ApiKeyFile":
                return new(Variable($"{parent}:ApiKey"), "", $"host-{Name(configuration[$"{parent}:Name"] ?? ConfigurationPath.GetSectionKey(parent))}-key");
            default:
                return new(Variable(key), value);
        }
    }

    private static string Variable(string key)
    {
        var odd = key.FirstOrDefault(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or ':'));
        return odd == default
            ? key.Replace(":", "__", StringComparison.Ordinal)
            : throw new DistributedApplicationException(
                $"{key} cannot be deployed: '{odd}' may not stand in the name of an environment variable. Rename it, or mount a morgan.json into the container and name it by Morgan__ConfigFile.");
    }

    // Parameters are named with letters, digits and single dashes.
    private static string Name(string text) =>
        string.Join('-', new string([.. text.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')]).Split('-', StringSplitOptions.RemoveEmptyEntries));
}
