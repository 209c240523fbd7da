using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.AppHost.Hosts;

/// <summary>Finds or makes the hosts that the gateway uses while none is configured.</summary>
internal static class HostExtensions
{
    private const string HostsCheck = "llm_hosts";

    /// <summary>Which hosts the gateway is to have by default.</summary>
    /// <exception cref="DistributedApplicationException">The configuration file cannot be read, or Ollama's address.</exception>
    public static async Task<DefaultHosts> FindDefaultHostsAsync(this IDistributedApplicationBuilder builder, MorganSettings settings) =>
        settings.LlmHosts switch
        {
            LlmHosts.Configured => DefaultHosts.None,
            LlmHosts.Simulator => DefaultHosts.Simulators,
            _ when builder.ExecutionContext.IsPublishMode || ConfiguredHosts(builder.Configuration, settings.ConfigFile).Count > 0 => DefaultHosts.None,
            _ => await Ollama.HasModelAsync(Ollama.UrlOf(builder.Configuration)) ? DefaultHosts.Ollama : DefaultHosts.Simulators,
        };

    /// <summary>Adds a simulated host of a speed.</summary>
    public static IResourceBuilder<ProjectResource> AddSimulator(
        this IDistributedApplicationBuilder builder, string name, int port, int timeToFirstTokenMs, int interTokenMs)
    {
        var simulator = builder.AddProject<Projects.Morgan_LlmSimulator>(name);
        if (builder.ExecutionContext.IsRunMode)
        {
            simulator.WithEndpoint("http", endpoint => endpoint.Port = port);
        }

        return simulator
            .WithEnvironment("Simulator__Name", name)
            .WithEnvironment("Simulator__Plan__TimeToFirstTokenMs", timeToFirstTokenMs.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("Simulator__Plan__Tokens", "160") // enough to say what it is and how to add a real host
            .WithEnvironment("Simulator__Plan__InterTokenMs", interTokenMs.ToString(CultureInfo.InvariantCulture))
            .WithHttpHealthCheck("/health");
    }

    /// <summary>Gives the gateway a simulated host, found by service discovery.</summary>
    public static void WithDefaultHost(this IResourceBuilder<ProjectResource> llm, int index, IResourceBuilder<ProjectResource> simulator) =>
        llm.WithReference(simulator).WaitFor(simulator).WithDefaultHost(index, simulator.Resource.Name, $"http://{simulator.Resource.Name}/v1");

    /// <summary>Gives the gateway a host for as long as <c>Llm:Hosts</c> is empty.</summary>
    public static void WithDefaultHost(this IResourceBuilder<ProjectResource> llm, int index, string name, string url) =>
        llm.WithEnvironment($"Llm__DefaultHosts__{index}__Name", name).WithEnvironment($"Llm__DefaultHosts__{index}__Url", url);

    /// <summary>Adds to the gateway's health details what it says of its hosts.</summary>
    public static IResourceBuilder<ProjectResource> WithHostConditions(this IResourceBuilder<ProjectResource> llm)
    {
        var builder = llm.ApplicationBuilder;
        var gateway = llm.GetEndpoint("http");
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            HostsCheck, _ => new HostConditions(gateway, builder.Configuration), failureStatus: null, tags: null));
        return llm.WithHealthCheck(HostsCheck);
    }

    /// <summary>The names of the hosts that are configured by now.</summary>
    /// <exception cref="DistributedApplicationException">The configuration file cannot be read.</exception>
    public static IReadOnlyList<string> ConfiguredHosts(IConfiguration configuration, string configFile)
    {
        try
        {
            var both = new ConfigurationBuilder().AddJsonFile(configFile, optional: true).AddConfiguration(configuration).Build();
            return [.. both.GetSection("Llm:Hosts").GetChildren().Select(host => host["Name"] ?? host.Key)];
        }
        catch (InvalidDataException problem)
        {
            throw new DistributedApplicationException($"{configFile} is not valid JSON: {problem.InnerException?.Message ?? problem.Message}", problem);
        }
    }
}
