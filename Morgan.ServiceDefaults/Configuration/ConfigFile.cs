using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Morgan.ServiceDefaults.Configuration;

internal static class ConfigFile
{
    public const string Key = "Morgan:ConfigFile";

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
        var sources = builder.Configuration.Sources;
        var lastJson = sources.Select((s, i) => s is JsonConfigurationSource ? i : -1).DefaultIfEmpty(-1).Max();
        sources.Insert(lastJson + 1, source);
        builder.Services.AddHostedService<ConfigFileRefusals>();
    }
}
