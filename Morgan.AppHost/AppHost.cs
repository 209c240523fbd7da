using Morgan.AppHost;
using Morgan.AppHost.Cache;
using Morgan.AppHost.Commands;
using Morgan.AppHost.Deploy;
using Morgan.AppHost.Hosts;
using Morgan.AppHost.Preflight;

try
{
    var builder = DistributedApplication.CreateBuilder(args);
    var settings = MorganSettings.Read(builder.Configuration, builder.AppHostDirectory);

    // What all replicas share: a Redis container, Garnet in a process of its own, or your own Redis.
    var cache = await builder.AddCacheAsync("cache", settings.Cache);

    // Text in, vectors out.
    var embedding = builder.AddProject<Projects.Morgan_EmbeddingService>("embedding")
        .WithMorgan(settings)
        .WithReplicas(settings.EmbeddingReplicas)
        .WithReference(cache).WaitFor(cache)
        .WithHttpHealthCheck("/health")
        .WithEmbeddingCommands();

    // The gateway: one address for every LLM host, and the only one that a deployment opens to the world.
    var llm = builder.AddProject<Projects.Morgan_LlmService>("llm")
        .WithMorgan(settings)
        .WithReplicas(settings.LlmReplicas)
        .WithReference(cache).WaitFor(cache)
        .WithReference(embedding)
        .WithHttpHealthCheck("/health")
        .WithHostConditions()
        .WithExternalHttpEndpoints();

    // Nobody has configured a host: an Ollama that is running here, else three simulators of different speed.
    switch (await builder.FindDefaultHostsAsync(settings))
    {
        case DefaultHosts.Ollama:
            llm.WithDefaultHost(0, "ollama", $"{Ollama.UrlOf(builder.Configuration)}/v1");
            llm.WithGatewayCommands(settings, "ollama");
            break;
        case DefaultHosts.Simulators:
            llm.WithDefaultHost(0, builder.AddSimulator("sim-fast", port: 5101, timeToFirstTokenMs: 150, interTokenMs: 10));
            llm.WithDefaultHost(1, builder.AddSimulator("sim-medium", port: 5102, timeToFirstTokenMs: 300, interTokenMs: 20));
            llm.WithDefaultHost(2, builder.AddSimulator("sim-slow", port: 5103, timeToFirstTokenMs: 600, interTokenMs: 40));
            llm.WithGatewayCommands(settings, "sim-fast", "sim-medium", "sim-slow");
            break;
        default:
            llm.WithGatewayCommands(settings);
            break;
    }

    Publishing.Configure(llm, embedding, settings);
    FreePorts.Require(builder);
    await builder.Build().RunAsync();
    return 0;
}
catch (DistributedApplicationException problem)
{
    await Console.Error.WriteLineAsync($"Morgan: {problem.Message}");
    return 1;
}
