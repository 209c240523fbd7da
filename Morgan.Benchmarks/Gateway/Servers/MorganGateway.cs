using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Morgan.LlmService;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>The gateway in front of one host.</summary>
internal static class MorganGateway
{
    /// <summary>What it is told of a <see cref="LimitedHost"/>.</summary>
    public static string[] Limits { get; } =
        [$"--Llm:Hosts:0:MaxConcurrency={LimitedHost.Places}", $"--Llm:RateLimit:QueueLimit={2 * LimitedHost.Places}", "--Llm:RateLimit:MaxWait=00:00:02"];

    /// <summary>The key that the load sends.</summary>
    public const string Key = "a key for benchmarks";

    /// <summary>As it is delivered: nobody needs a key, nothing is limited, telemetry is not exported.</summary>
    /// <param name="host">The one host.</param>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication Create(Uri host, string[] args) => CreateWith(host, ["--Auth:AllowAnonymous=true", .. args]);

    /// <summary>
    /// With everything on that costs a request something: keys, limits of the tenant on requests, tokens and requests at
    /// once, metrics, and traces of one request in a hundred, which go to the host.
    /// </summary>
    /// <inheritdoc cref="Create"/>
    public static WebApplication CreateGuarded(Uri host, string[] args) => CreateWith(
        host,
        [
            "--Auth:Keys:0:Id=benchmark", $"--Auth:Keys:0:KeySha256={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
            "--Auth:Keys:0:Tenant=benchmark", "--Tenants:benchmark:RequestsPerMinute=100000000", "--Tenants:benchmark:TokensPerMinute=2000000000",
            "--Tenants:benchmark:TokensPerDay=100000000000000", "--Tenants:benchmark:MaxConcurrent=100000",
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={host}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "--OTEL_TRACES_SAMPLER=traceidratio", "--OTEL_TRACES_SAMPLER_ARG=0.01", .. args,
        ]);

    /// <summary>With so many hosts, all of them the same one.</summary>
    /// <param name="host">The one host.</param>
    /// <param name="hosts">How many.</param>
    /// <param name="onlyOne">Whether the first is used alone, while it can be.</param>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication CreateWithHosts(Uri host, int hosts, bool onlyOne, string[] args) => CreateFrom(
        new
        {
            Auth = new { AllowAnonymous = true },
            Llm = new
            {
                Hosts = Enumerable.Range(0, hosts).Select(i => new { Name = $"mock{i}", Url = new Uri(host, "v1"), Priority = onlyOne && i > 0 ? 1 : 0 }),
                Health = new { Interval = TimeSpan.FromHours(1) },
            },
        },
        args);

    /// <summary>With so many tenants, each with a key and limits.</summary>
    /// <param name="host">The one host.</param>
    /// <param name="tenants">How many.</param>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication CreateWithTenants(Uri host, int tenants, string[] args) => CreateFrom(
        new
        {
            Auth = new { Keys = Enumerable.Range(0, tenants).Select(i => new { Id = $"key{i}", Key = KeyOf(i), Tenant = $"tenant{i}" }) },
            Tenants = Enumerable.Range(0, tenants).ToDictionary(
                i => $"tenant{i}", _ => new { RequestsPerMinute = 100_000_000, TokensPerMinute = 2_000_000_000, MaxConcurrent = 100_000 }),
            Llm = new { Hosts = new[] { new { Name = "mock", Url = new Uri(host, "v1") } } },
        },
        args);

    /// <summary>The key of one of many tenants.</summary>
    public static string KeyOf(int tenant) => $"{Key} {tenant}";

    // A file, as a user's: a command line of ten thousand tenants takes minutes to read.
    private static WebApplication CreateFrom(object configuration, string[] args)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, JsonSerializer.Serialize(configuration));
        var app = LlmApplication.Create([$"--Morgan:ConfigFile={file}", "--Logging:LogLevel:Default=Error", .. args]);
        app.Lifetime.ApplicationStopped.Register(() => File.Delete(file));
        return app;
    }

    private static WebApplication CreateWith(Uri host, string[] args) => LlmApplication.Create(
        ["--Llm:Hosts:0:Name=mock", $"--Llm:Hosts:0:Url={new Uri(host, "v1")}", "--Logging:LogLevel:Default=Error", .. args]);
}
