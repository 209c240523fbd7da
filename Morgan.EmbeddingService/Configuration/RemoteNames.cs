using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Configuration;

/// <summary>Reads what the binder cannot: the remote hosts' model names, which may hold colons.</summary>
internal static class RemoteNames
{
    /// <summary>Completes a version of the section.</summary>
    public static void Complete(EmbeddingOptions options, IConfigurationSection section)
    {
        var index = 0;
        foreach (var host in section.GetSection("Remote:Hosts").GetChildren())
        {
            if (host.GetSection("Models") is var models && models.Exists())
            {
                options.Remote.Hosts[index].UseModels(ColonKeys.Read(models));
            }

            index++;
        }
    }
}
