using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Morgan.ServiceDefaults.Configuration;

internal static class ConfigFile
{
    public const string Key = "Morgan:ConfigFile";

    private const string SecretsKey = "Morgan:SecretsFolder";

    /// <summary>
    /// Reads the folder named by <c>Morgan:SecretsFolder</c>, as orchestrators mount secrets: each file is a value, and its
    /// name the key (<c>Llm__Hosts__0__ApiKey</c>). Above all files of configuration, watched.
    /// </summary>
    public static void AddSecretsFolder(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[SecretsKey] is not { Length: > 0 } configured)
        {
            return;
        }

        var folder = Path.GetFullPath(configured, builder.Environment.ContentRootPath);
        if (!Directory.Exists(folder))
        {
            throw new ConfigurationException($"{SecretsKey}: the folder {folder} does not exist");
        }

        var source = new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(folder), Optional = true, ReloadOnChange = true };
        builder.Configuration.Sources.Insert(AfterFiles(builder.Configuration.Sources), source);
    }

    /// <summary>Puts the file named by <c>Morgan:ConfigFile</c> above appsettings and below environment and command line.</summary>
    public static void AddConfigFile(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[Key] is not { Length: > 0 } configured)
        {
            return;
        }

        var path = Path.GetFullPath(configured, builder.Environment.ContentRootPath);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            throw new ConfigurationException($"{Key}: the folder {folder} does not exist");
        }

        var source = new ConfigFileSource
        {
            FileProvider = new PhysicalFileProvider(folder),
            Path = Path.GetFileName(path),
            Optional = true,
            ReloadOnChange = true,
        };
        builder.Configuration.Sources.Insert(AfterFiles(builder.Configuration.Sources), source);
        builder.Services.AddHostedService<ConfigFileRefusals>();
    }

    private static int AfterFiles(IList<IConfigurationSource> sources) =>
        sources.Select((source, i) => source is JsonConfigurationSource ? i : -1).DefaultIfEmpty(-1).Max() + 1;
}
