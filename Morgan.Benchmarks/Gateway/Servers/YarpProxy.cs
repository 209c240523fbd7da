using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>YARP with one route, one destination and nothing else.</summary>
internal static class YarpProxy
{
    /// <summary>Builds it.</summary>
    /// <param name="host">Where requests go.</param>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication Create(Uri host, string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "mock", Match = new RouteMatch { Path = "{**all}" } }],
            [new ClusterConfig
            {
                ClusterId = "mock",
                Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = host.AbsoluteUri } },
            }]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app;
    }
}
