using System.Text.Json;
using Morgan.Tests.Chaos.Matrix;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>
/// npm's <c>@portkey-ai/gateway</c>, which takes its configuration from a header of each request. Several hosts: load
/// balancing between chains of fallback, each beginning with another host. One host: retries.
/// </summary>
internal sealed class PortkeyAdapter : IAdapter
{
    private static readonly int[] Elsewhere = [401, 403, 408, 429, 500, 502, 503, 504];

    public bool HasCodes => false;

    public string? Configuration(HostBench bench, Uri target, string strategy) => null;

    public Route To(HostBench bench, Uri target, string model)
    {
        var hosts = bench.UrlsOf(model).Select(url => new { provider = "openai", api_key = "none", custom_host = url, request_timeout = (int)Limits.Idle.TotalMilliseconds }).ToList();
        object configuration = hosts.Count == 1
            ? new { hosts[0].provider, hosts[0].api_key, hosts[0].custom_host, hosts[0].request_timeout, retry = new { attempts = Limits.Retries, on_status_codes = Elsewhere } }
            : new
            {
                strategy = new { mode = "loadbalance" },
                targets = hosts.Select((_, i) => new
                {
                    strategy = new { mode = "fallback", on_status_codes = Elsewhere },
                    targets = hosts.Skip(i).Concat(hosts.Take(i)),
                    weight = 1,
                }),
            };
        return new Route(target, "/v1/chat/completions", model, new Dictionary<string, string>
        {
            ["x-portkey-config"] = JsonSerializer.Serialize(configuration),
        });
    }

    public Task ForgetAsync(Uri target) => Task.CompletedTask;
}
