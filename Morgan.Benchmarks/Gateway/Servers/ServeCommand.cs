using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>Runs one of the servers in this process: <c>serve mock</c>, <c>serve invoker ADDRESS</c>, <c>serve yarp ADDRESS</c>, <c>serve morgan ADDRESS</c>, <c>serve guarded ADDRESS</c>, <c>serve limited</c>, <c>serve paced</c>, <c>serve hosts-COUNT ADDRESS</c>, <c>serve standby-COUNT ADDRESS</c>, <c>serve tenants-COUNT ADDRESS</c>, <c>serve overloaded ADDRESS</c>.</summary>
internal static class ServeCommand
{
    private static readonly string[] AnyPort = ["--urls", "http://127.0.0.1:0"];

    /// <summary>Builds a server on a free port.</summary>
    /// <param name="kind"><c>mock</c>, <c>invoker</c>, <c>yarp</c>, <c>morgan</c>, <c>guarded</c>, <c>limited</c>, <c>paced</c>, <c>hosts-COUNT</c>, <c>standby-COUNT</c>, <c>tenants-COUNT</c> or <c>overloaded</c>.</param>
    /// <param name="host">Where a proxy sends requests.</param>
    public static WebApplication Create(string kind, Uri? host) => kind switch
    {
        "mock" => MockHost.Create(AnyPort),
        "invoker" => InvokerProxy.Create(host!, AnyPort),
        "yarp" => YarpProxy.Create(host!, AnyPort),
        "morgan" => MorganGateway.Create(host!, AnyPort),
        "guarded" => MorganGateway.CreateGuarded(host!, AnyPort),
        "paced" => PacedHost.Create(AnyPort),
        "limited" => LimitedHost.Create(AnyPort),
        "overloaded" => MorganGateway.Create(host!, [.. AnyPort, .. MorganGateway.Limits]),
        _ when Count(kind, "hosts-") is { } hosts => MorganGateway.CreateWithHosts(host!, hosts, onlyOne: false, AnyPort),
        _ when Count(kind, "standby-") is { } hosts => MorganGateway.CreateWithHosts(host!, hosts, onlyOne: true, AnyPort),
        _ when Count(kind, "tenants-") is { } tenants => MorganGateway.CreateWithTenants(host!, tenants, AnyPort),
        _ => throw new ArgumentException($"no server is called '{kind}'", nameof(kind)),
    };

    /// <summary>Whether a kind is the gateway, in whatever configuration.</summary>
    public static bool IsGateway(string kind) => kind is not ("mock" or "invoker" or "yarp" or "paced" or "limited");

    /// <summary>The address of a server that has started.</summary>
    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Prints the address on a line of its own and serves until standard input ends, as it does when the parent is gone.</summary>
    public static async Task RunAsync(string kind, Uri? host)
    {
        await using var app = Create(kind, host);
        await app.StartAsync();
        Console.WriteLine(AddressOf(app));
        while (await Console.In.ReadLineAsync() is not null)
        {
            // whatever it says
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(deadline.Token);
    }

    private static int? Count(string kind, string prefix) =>
        kind.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(kind.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
