using Microsoft.AspNetCore.Builder;
using Morgan.LlmService;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>The gateway as it is delivered, in front of one host; telemetry is not exported.</summary>
internal static class MorganGateway
{
    /// <summary>What it is told of a <see cref="LimitedHost"/>.</summary>
    public static string[] Limits { get; } =
        [$"--Llm:Hosts:0:MaxConcurrency={LimitedHost.Places}", $"--Llm:RateLimit:QueueLimit={2 * LimitedHost.Places}", "--Llm:RateLimit:MaxWait=00:00:02"];

    /// <summary>Builds it.</summary>
    /// <param name="host">The one host.</param>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication Create(Uri host, string[] args) => LlmApplication.Create(
        [
            "--Llm:Hosts:0:Name=mock", $"--Llm:Hosts:0:Url={new Uri(host, "v1")}", "--Auth:AllowAnonymous=true",
            "--Logging:LogLevel:Default=Error", .. args,
        ]);
}
