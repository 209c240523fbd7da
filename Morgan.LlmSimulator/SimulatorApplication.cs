using Microsoft.Extensions.Configuration.Memory;
using Morgan.LlmSimulator.Api;
using Morgan.LlmSimulator.Control;
using Morgan.LlmSimulator.Relay;
using Morgan.LlmSimulator.Requests;
using Morgan.ServiceDefaults;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.LlmSimulator;

/// <summary>The simulated LLM host as an application.</summary>
public static class SimulatorApplication
{
    /// <summary>The model that a host serves unless <c>Simulator:Models</c> names others.</summary>
    public const string DefaultModel = "morgan-sim";

    /// <summary>Builds the host, ready to run.</summary>
    /// <param name="args">Command line: configuration such as <c>--urls</c> or <c>--Simulator:Name</c>.</param>
    /// <param name="configure">Changes to services or configuration before the host is built, for tests.</param>
    /// <exception cref="ConfigurationException">A value is wrong; the message names its key.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        // A simulated host takes any key and none, as Ollama does; it is never reachable from outside (see launchSettings.json).
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Auth:AllowAnonymous", "true")] });
        builder.AddServiceDefaults();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = RequestBody.MaxBytes;
            // A client that reads slowly is the gateway's trial, not a reason to hang up.
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = Wire.WriteBufferBytes);
        builder.Services.AddReloading<SimulatorOptions>("Simulator", SimulatorOptions.Check);
        builder.Services.AddSingleton<Simulation>();
        builder.Services.AddSingleton(services => services.GetRequiredService<Simulation>().Stats);
        builder.Services.AddSingleton<RequestPipeline>();
        builder.Services.AddSingleton<EventStream>();
        builder.Services.AddSingleton<WholeAnswer>();
        configure?.Invoke(builder);

        var app = builder.Build();
        _ = app.Services.GetRequiredService<Simulation>();
        app.UseHealthFaults();
        app.MapDefaultEndpoints();
        app.MapGenerationApi();
        app.MapModelsApi();
        app.MapSimulatorApi();
        app.MapWelcome();
        return app;
    }
}
