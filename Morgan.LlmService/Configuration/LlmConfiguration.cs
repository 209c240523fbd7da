using System.Globalization;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Upstreams.Configuration;

namespace Morgan.LlmService.Configuration;

/// <summary>Reads and checks the section <c>Llm</c>.</summary>
internal static class LlmConfiguration
{
    private const int MostAliases = 10_000;

    /// <summary>Registers <see cref="LlmOptions"/>, reloaded on change.</summary>
    public static void AddLlmOptions(this IServiceCollection services) =>
        services.AddReloading<LlmOptions>(LlmOptions.Section, Check, Complete);

    // What the binder cannot read: model names hold colons. Then the default hosts take the place of hosts.
    private static void Complete(LlmOptions options, IConfigurationSection section)
    {
        ReadModels(options.Hosts, section.GetSection("Hosts"));
        ReadModels(options.DefaultHosts, section.GetSection("DefaultHosts"));
        options.UseModels(ReadAliases(section.GetSection("Models")));
        if (options.Hosts.Count == 0)
        {
            options.Hosts = options.DefaultHosts;
        }
    }

    private static void ReadModels(IReadOnlyList<HostOptions> hosts, IConfigurationSection section)
    {
        var index = 0;
        foreach (var child in section.GetChildren())
        {
            if (index < hosts.Count && child.GetSection("Models") is var models && models.Exists())
            {
                hosts[index].UseModels(ColonKeys.Read(models));
            }

            index++;
        }
    }

    // "qwen3:8b": ["a", "b"] is the path qwen3 → 8b → 0, 1.
    private static Dictionary<string, IReadOnlyList<string>> ReadAliases(IConfigurationSection section)
    {
        var aliases = new Dictionary<string, SortedList<int, string>>(StringComparer.Ordinal);
        foreach (var (path, model) in ColonKeys.Read(section))
        {
            var colon = path.LastIndexOf(':');
            if (colon < 1 || !int.TryParse(path.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                throw new ConfigurationException($"{section.Path}:{path}: must be a list of model names, for example [ \"{model}\" ]");
            }

            var alias = path[..colon];
            if (!aliases.TryGetValue(alias, out var models))
            {
                aliases[alias] = models = [];
            }

            models[index] = model;
        }

        return aliases.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[.. pair.Value.Values], StringComparer.Ordinal);
    }

    private static IEnumerable<string> Check(LlmOptions options)
    {
        foreach (var problem in UpstreamOptionsValidator.Validate(options, LlmOptions.Section))
        {
            yield return problem;
        }

        for (var i = 0; i < options.Hosts.Count; i++)
        {
            if (options.Hosts[i] is { Kind: HostKinds.Azure, Models: null or { Count: 0 } })
            {
                yield return $"Llm:Hosts:{i}:Models: must name the deployments of a host of kind azure: "
                    + "{ \"gpt-4o\": \"my-deployment\" }; it cannot be asked for them";
            }
        }

        if (options.Models!.Count > MostAliases)
        {
            yield return $"Llm:Models: must hold at most {MostAliases} aliases, holds {options.Models!.Count}";
        }

        if (options.Embedding.Url is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" or "https+http" && address is { UserInfo: "", Query: "" }))
        {
            yield return "Llm:Embedding:Url: must be an absolute http, https or https+http address without user name and query; a key goes into Llm:Embedding:Key";
        }

        if (options.MaxMessages is < 1 or > 1_000_000)
        {
            yield return $"Llm:MaxMessages: must be from 1 to 1000000, is {options.MaxMessages}";
        }

        if (options.MaxAnswerBytes is < 1024 * 1024 or > 1L << 40)
        {
            yield return $"Llm:MaxAnswerBytes: must be from 1048576 to 1099511627776, is {options.MaxAnswerBytes}";
        }

        if (options.MaxRequestBytes is < 1024 or > 1024 * 1024 * 1024)
        {
            yield return $"Llm:MaxRequestBytes: must be from 1024 to 1073741824, is {options.MaxRequestBytes}";
        }
        else if (options.MaxHeldBytes < 4L * options.MaxRequestBytes)
        {
            // A body that is read grows by doubling: the old buffer and the new one are there for a moment.
            yield return $"Llm:MaxHeldBytes: must be at least four times Llm:MaxRequestBytes ({4L * options.MaxRequestBytes}), is {options.MaxHeldBytes}";
        }
    }
}
