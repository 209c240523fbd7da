using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;
using Morgan.AppHost.Hosts;

namespace Morgan.AppHost.Commands;

/// <summary>What can be done with the services from the dashboard, and the names of their addresses there.</summary>
internal static class CommandExtensions
{
    private const string WarmTexts = "warm.txt";

    /// <summary>Drain and enable each host that is known by now, and reset the circuits. Of several replicas one gets the request.</summary>
    public static IResourceBuilder<ProjectResource> WithGatewayCommands(this IResourceBuilder<ProjectResource> llm, MorganSettings settings, params IReadOnlyList<string> defaultHosts)
    {
        var configuration = llm.ApplicationBuilder.Configuration;
        foreach (var host in defaultHosts.Count > 0 ? defaultHosts : HostExtensions.ConfiguredHosts(configuration, settings.ConfigFile))
        {
            var path = $"/admin/hosts/{Uri.EscapeDataString(host)}";
            llm.WithHttpCommand($"{path}/drain", $"Drain {host}", "http", $"drain-{host}", Options(configuration, "PauseCircle", $"No new requests to {host}; it finishes those that it has."))
                .WithHttpCommand($"{path}/enable", $"Enable {host}", "http", $"enable-{host}", Options(configuration, "PlayCircle", $"Requests to {host} again."));
        }

        return llm
            .WithHttpCommand("/admin/circuits/reset", "Reset circuits", "http", "reset-circuits", Options(configuration, "ArrowReset", "Closes the circuits of all hosts and ends their cool-downs."))
            .WithUrlForEndpoint("http", url => url.DisplayText = "Status page")
            .WithUrlForEndpoint("http", (EndpointReference _) => new ResourceUrlAnnotation { Url = "/openapi/v1.json", DisplayText = "OpenAPI" });
    }

    /// <summary>Clear the cache, and warm it with the lines of warm.txt beside the AppHost.</summary>
    public static IResourceBuilder<ProjectResource> WithEmbeddingCommands(this IResourceBuilder<ProjectResource> embedding)
    {
        var builder = embedding.ApplicationBuilder;
        var clear = Options(builder.Configuration, "Delete", "Starts a new generation: no replica finds an old vector any more.");
        (clear.Method, clear.ConfirmationMessage) = (HttpMethod.Delete, "Clear the cache of all replicas? Vectors are then computed again.");
        var texts = Path.Combine(builder.AppHostDirectory, WarmTexts);
        var warm = Options(builder.Configuration, "Fire", $"Embeds the lines of {WarmTexts}, beside the AppHost, so that they are in the cache.");
        var withKey = warm.PrepareRequest!;
        warm.PrepareRequest = async context =>
        {
            await withKey(context);
            var lines = await File.ReadAllLinesAsync(texts, context.CancellationToken);
            context.Request.Content = JsonContent.Create(new { texts = lines.Where(line => line.Length > 0) });
        };
        return embedding
            .WithHttpCommand("/admin/cache", "Clear cache", "http", "clear-cache", clear)
            .WithHttpCommand("/admin/cache/warm", "Warm cache", "http", "warm-cache", warm)
            .WithUrlForEndpoint("http", (EndpointReference _) => new ResourceUrlAnnotation { Url = "/openapi/v1.json", DisplayText = "OpenAPI" });
    }

    // Where morgan.json names keys, an admin key has to be sent: the AppHost's own configuration holds it.
    private static HttpCommandOptions Options(ConfigurationManager configuration, string icon, string description) => new()
    {
        IconName = icon,
        Description = description,
        PrepareRequest = context =>
        {
            if (configuration[MorganSettings.AdminKey] is { Length: > 0 } key)
            {
                context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }

            return Task.CompletedTask;
        },
    };
}
