using System.Text.Json;
using System.Text.Json.Nodes;
using Morgan.Tests.Chaos.Matrix;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>Morgan in a process of its own, started with <c>Morgan:ConfigFile</c>.</summary>
internal sealed class MorganAdapter : IAdapter
{
    private static readonly Dictionary<string, string> None = [];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public bool HasCodes => true;

    // The command line of the in-process gateway, as JSON.
    public string Configuration(HostBench bench, Uri target, string strategy)
    {
        var root = new JsonObject();
        var hosts = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var argument in MorganGateway.Hosts(bench).Concat(MorganGateway.Settings(strategy)).Where(argument => argument.StartsWith("--Llm", StringComparison.Ordinal)))
        {
            var (name, value) = (argument[2..argument.IndexOf('=', StringComparison.Ordinal)], argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            var parts = name.Split(':');
            var at = parts[1] == "Hosts" ? hosts.GetValueOrDefault(parts[2]) ?? (hosts[parts[2]] = []) : root;
            foreach (var part in parts[1] == "Hosts" ? parts[3..^1] : parts[..^1])
            {
                at = (at[part] ??= new JsonObject()).AsObject();
            }

            at[parts[^1]] = value;
        }

        root["Llm"]!["Hosts"] = new JsonArray([.. hosts.Values]);
        return root.ToJsonString(Indented);
    }

    public Route To(HostBench bench, Uri target, string model) => new(target, "/v1/chat/completions", model, None);

    public async Task ForgetAsync(Uri target)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(new Uri(target, "/admin/circuits/reset"), null);
        response.EnsureSuccessStatusCode();
    }
}
