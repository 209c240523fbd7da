using Microsoft.Extensions.Configuration;
using Morgan.AppHost.Deploy;

namespace Morgan.AppHost;

/// <summary>The AppHost's own configuration, section <c>Morgan</c>.</summary>
/// <param name="Cache">Key <c>Cache</c> [auto].</param>
/// <param name="LlmHosts">Key <c>LlmHosts</c> [auto].</param>
/// <param name="LlmReplicas">Key <c>Replicas:Llm</c> [1], 1 to 32.</param>
/// <param name="EmbeddingReplicas">Key <c>Replicas:Embedding</c> [1], 1 to 32.</param>
/// <param name="ConfigFile">Key <c>ConfigFile</c> [morgan.json beside the AppHost]: passed to the services, which watch it; need not exist.</param>
/// <param name="Deploy">Key <c>Deploy</c> [aca]: what it is published for.</param>
internal sealed record MorganSettings(
    CacheKind Cache, LlmHosts LlmHosts, int LlmReplicas, int EmbeddingReplicas, string ConfigFile, DeployTarget Deploy)
{
    /// <summary>The configuration key of the admin key that the AppHost sends to the services, where they want one.</summary>
    public const string AdminKey = "Morgan:AdminKey";

    /// <summary>Reads the section.</summary>
    /// <exception cref="DistributedApplicationException">A value is not one that the key can have.</exception>
    public static MorganSettings Read(IConfiguration configuration, string folder) => new(
        Choice(configuration, "Morgan:Cache", CacheKind.Auto),
        Choice(configuration, "Morgan:LlmHosts", LlmHosts.Auto),
        Replicas(configuration, "Morgan:Replicas:Llm"),
        Replicas(configuration, "Morgan:Replicas:Embedding"),
        Path.GetFullPath(configuration["Morgan:ConfigFile"] is { Length: > 0 } file ? file : "morgan.json", folder),
        Choice(configuration, "Morgan:Deploy", DeployTarget.Aca));

    private static T Choice<T>(IConfiguration configuration, string key, T otherwise)
        where T : struct, Enum
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        var names = Enum.GetNames<T>();
        return names.FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<T>(name)
            : throw new DistributedApplicationException($"{key} is \"{text}\", not one of {string.Join(", ", names).ToLowerInvariant()}.");
    }

    private static int Replicas(IConfiguration configuration, string key)
    {
        var text = configuration[key];
        return string.IsNullOrEmpty(text) ? 1
            : int.TryParse(text, out var count) && count is >= 1 and <= 32 ? count
            : throw new DistributedApplicationException($"{key} is \"{text}\", not a number from 1 to 32.");
    }
}
