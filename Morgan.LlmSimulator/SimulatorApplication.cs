using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Morgan.LlmSimulator.Api;
using Morgan.LlmSimulator.Control;
using Morgan.LlmSimulator.Relay;

namespace Morgan.LlmSimulator;

/// <summary>The simulated LLM host as an application.</summary>
public static class SimulatorApplication
{
    /// <summary>The model that a host serves unless <c>Simulator:Models</c> names others.</summary>
    public const string DefaultModel = "morgan-sim";

    /// <summary>Builds the host, ready to run.</summary>
    /// <param name="args">Command line: configuration such as <c>--urls</c> or <c>--Simulator:Name</c>.</param>
    /// <param name="configure">Changes to services or configuration before the host is built, for tests.</param>
    /// <exception cref="OptionsValidationException">A value of the section <c>Simulator</c> is out of range.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A client that reads slowly is the gateway's trial, not a reason to hang up.
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddOptions<SimulatorOptions>()
            .BindConfiguration("Simulator")
            .PostConfigure(options => options.Models = options.Models is [] ? [DefaultModel] : options.Models)
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SimulatorOptions>, SimulatorOptionsValidator>();
        builder.Services.AddSingleton<Simulation>();
        builder.Services.AddSingleton(services => services.GetRequiredService<Simulation>().Stats);
        builder.Services.AddSingleton<RequestPipeline>();
        builder.Services.AddSingleton<HeadFaults>();
        builder.Services.AddSingleton<EventStream>();
        builder.Services.AddSingleton<WholeAnswer>();
        configure?.Invoke(builder);
        builder.Services.TryAddSingleton(TimeProvider.System);

        var app = builder.Build();
        app.UseHealthFaults();
        app.MapGenerationApi();
        app.MapModelsApi();
        app.MapSimulatorApi();
        app.MapGet("/health", () => "Healthy");
        app.MapGet("/alive", () => "Healthy");
        return app;
    }
}
