using System.Globalization;
using Morgan.Tests.Chaos.Matrix;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>Morgan's gateway in this process. The model's name says which hosts are meant.</summary>
internal sealed class MorganGateway(RunningGateway gateway) : IGateway
{
    private static readonly Dictionary<string, string> None = [];

    public bool HasCodes => true;

    /// <summary>Starts it.</summary>
    public static async Task<MorganGateway> StartAsync(HostBench bench, string strategy) =>
        new(await RunningGateway.StartAsync([], [.. Hosts(bench), .. Settings(strategy)]));

    /// <summary>The settings of the matrix, as a command line.</summary>
    public static IEnumerable<string> Settings(string strategy) =>
    [
        "--Logging:LogLevel:Default=Error",
        $"--Llm:Strategy={strategy}",
        string.Create(CultureInfo.InvariantCulture, $"--Llm:Retry:MaxRetries={Limits.Retries}"),
        "--Llm:Retry:BaseDelay=00:00:00.02",
        "--Llm:Retry:BudgetPercent=100",
        $"--Llm:Timeouts:FirstByte={Limits.Idle:c}",
        $"--Llm:Timeouts:Response={Limits.Idle:c}",
        $"--Llm:Timeouts:Idle={Limits.Idle:c}",
        $"--Llm:Timeouts:Total={Limits.Total:c}",
        "--Llm:Health:Interval=00:00:00.2",
        "--Llm:Health:Timeout=00:00:01",
    ];

    /// <summary>The hosts as a command line; the fourth is the first one's place with nobody there.</summary>
    public static IEnumerable<string> Hosts(HostBench bench)
    {
        string[] names = [.. bench.Hosts.Select(host => host.Name), "down"];
        string[] urls = [.. bench.Hosts.Select(host => host.Url), bench.DownUrl];
        return urls.SelectMany((url, i) => new[] { $"--Llm:Hosts:{i}:Name={names[i]}", $"--Llm:Hosts:{i}:Url={url}" }
            .Concat(HostBench.Models.Where(model => bench.UrlsOf(model).Contains(url)).Select(model => $"--Llm:Hosts:{i}:Models:{model}={model}")));
    }

    public Route To(Topology topology) => To(topology == Topology.One ? HostBench.One : HostBench.Three);

    public Route ToDown(Topology topology) => To(topology == Topology.One ? HostBench.DownOne : HostBench.DownThree);

    public async Task ForgetAsync()
    {
        using var response = await gateway.Client.PostAsync("/admin/circuits/reset", null, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    private Route To(string model) => new(gateway.Address, "/v1/chat/completions", model, None);
}
