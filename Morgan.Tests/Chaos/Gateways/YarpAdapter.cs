using System.Text.Json;
using Morgan.Tests.Chaos.Matrix;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>YARP with nothing but its configuration file. The path says which hosts are meant.</summary>
internal sealed class YarpAdapter : IAdapter
{
    private static readonly Dictionary<string, string> None = [];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public bool HasCodes => false;

    public string Configuration(HostBench bench, Uri target, string strategy) => JsonSerializer.Serialize(
        new
        {
            Urls = target.GetLeftPart(UriPartial.Authority),
            ReverseProxy = new
            {
                Routes = HostBench.Models.ToDictionary(model => model, model => new
                {
                    ClusterId = model,
                    Match = new { Path = $"/{model}/{{**rest}}" },
                    Transforms = new[] { new { PathRemovePrefix = $"/{model}" } },
                }),
                Clusters = HostBench.Models.ToDictionary(model => model, model => new
                {
                    LoadBalancingPolicy = strategy switch { "least-loaded" => "LeastRequests", "random" => "Random", _ => "RoundRobin" },
                    HealthCheck = new { Passive = new { Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = "00:00:01" } },
                    HttpRequest = new { ActivityTimeout = $"{Limits.Idle:c}" },
                    Destinations = bench.UrlsOf(model).Select((url, i) => (url, i)).ToDictionary(
                        host => $"host{host.i}", host => new { Address = new Uri(host.url).GetLeftPart(UriPartial.Authority) }),
                }),
            },
        },
        Indented);

    public Route To(HostBench bench, Uri target, string model) => new(target, $"/{model}/v1/chat/completions", model, None);

    public Task ForgetAsync(Uri target) => Task.CompletedTask;
}
