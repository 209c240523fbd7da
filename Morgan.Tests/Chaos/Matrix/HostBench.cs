using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Morgan.Tests.Chaos.Wire;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>Three simulated hosts, a place where nobody listens, and what each host's right answers are.</summary>
internal sealed class HostBench : IAsyncDisposable
{
    /// <summary>The model that only the first host is meant to serve.</summary>
    public const string One = "one";

    /// <summary>The model of all three.</summary>
    public const string Three = "three";

    /// <summary>The model whose only host is down.</summary>
    public const string DownOne = "down-one";

    /// <summary>The model of which one host of three is down.</summary>
    public const string DownThree = "down-three";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> Models = [One, Three, DownOne, DownThree];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private static readonly Dictionary<string, string> NoHeaders = [];

    private readonly Dictionary<(string Host, string Body, string Fault), string> _right = [];
    private readonly Socket _reserved;

    private HostBench(IReadOnlyList<SimulatedHost> hosts, Socket reserved) => (Hosts, _reserved) = (hosts, reserved);

    public IReadOnlyList<SimulatedHost> Hosts { get; }

    /// <summary>A port that is bound, so that nobody else gets it, but does not listen.</summary>
    public string DownUrl => $"http://{_reserved.LocalEndPoint}/v1";

    /// <summary>The hosts that a model goes to, the failing one first.</summary>
    public IReadOnlyList<string> UrlsOf(string model) => model switch
    {
        One => [Hosts[0].Url],
        Three => [Hosts[0].Url, Hosts[1].Url, Hosts[2].Url],
        DownOne => [DownUrl],
        _ => [DownUrl, Hosts[1].Url, Hosts[2].Url],
    };

    /// <summary>Starts the hosts, on these ports or on free ones.</summary>
    public static async Task<HostBench> StartAsync(IReadOnlyList<int>? ports = null)
    {
        List<SimulatedHost> hosts = [];
        foreach (var (name, i) in new[] { "anna", "bert", "cleo" }.Select((name, i) => (name, i)))
        {
            hosts.Add(await SimulatedHost.StartAsync(name, [
                .. Models.Select((model, j) => $"--Simulator:Models:{j}={model}"),
                string.Create(CultureInfo.InvariantCulture, $"--urls=http://127.0.0.1:{ports?[i] ?? 0}")]));
        }

        var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, ports?[3] ?? 0));
        return new HostBench(hosts, reserved);
    }

    /// <summary>A chat request.</summary>
    public static byte[] Body(string model, Mode mode, int question, bool asksUsage) => JsonSerializer.SerializeToUtf8Bytes(
        new { model, stream = mode == Mode.Stream, messages = Messages(question), stream_options = mode == Mode.Stream && asksUsage ? new { include_usage = true } : null },
        WithoutNulls);

    /// <summary>What a host answers when it is asked directly, under a plan with this fault or none.</summary>
    public async Task<string> RightAnswerAsync(SimulatedHost host, byte[] body, object? fault)
    {
        var key = (host.Name, Encoding.UTF8.GetString(body), JsonSerializer.Serialize(fault));
        if (!_right.TryGetValue(key, out var right))
        {
            await host.PlanAsync(new { faults = fault is null ? [] : new[] { fault } });
            var answer = await RawClient.PostAsync(host.Address, "/v1/chat/completions", NoHeaders, body, Patience);
            right = EventText.Of(answer.Body) ?? throw new InvalidOperationException("the host's own answer is broken");
            _right[key] = right;
        }

        return right;
    }

    /// <summary>What the three hosts have counted so far.</summary>
    public async Task<HostCounts[]> CountAsync() => await Task.WhenAll(Hosts.Select(async host =>
    {
        var stats = await host.StatsAsync();
        long Of(string name) => stats.GetProperty(name).GetInt64();
        return new HostCounts(Of("requests"), Of("inFlight"), Of("cancelled"), Of("redirectsFollowed"), Of("healthChecks"));
    }));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Hosts.Select(host => host.DisposeAsync().AsTask()));
        _reserved.Dispose();
    }

    // The number comes first, so that the prompts have no common beginning.
    private static object[] Messages(int question) =>
        [new { role = "user", content = string.Create(CultureInfo.InvariantCulture, $"{question}: say hello, friend") }];
}
