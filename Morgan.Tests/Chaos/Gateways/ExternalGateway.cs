using System.Net.Sockets;
using Morgan.Tests.Chaos.Matrix;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>A gateway that somebody else starts.</summary>
internal sealed class ExternalGateway : IGateway
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);

    private readonly Uri _target;
    private readonly IAdapter _adapter;
    private readonly HostBench _bench;

    private ExternalGateway(Uri target, IAdapter adapter, HostBench bench) => (_target, _adapter, _bench) = (target, adapter, bench);

    public bool HasCodes => _adapter.HasCodes;

    /// <summary>Writes the configuration where there is one, and waits until the gateway listens.</summary>
    public static async Task<ExternalGateway> StartAsync(Uri target, IAdapter adapter, HostBench bench, string strategy, string? file)
    {
        if (adapter.Configuration(bench, target, strategy) is { } configuration)
        {
            var path = Path.GetFullPath(file ?? throw new FormatException("this adapter needs --config FILE"));
            await File.WriteAllTextAsync(path, configuration);
            Console.WriteLine($"wrote {path}: start the gateway with it now");
        }

        Console.WriteLine($"waiting for {target}");
        using var deadline = new CancellationTokenSource(StartTime);
        while (!await ListensAsync(target))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), deadline.Token);
        }

        return new ExternalGateway(target, adapter, bench);
    }

    public Route To(Topology topology) => _adapter.To(_bench, _target, topology == Topology.One ? HostBench.One : HostBench.Three);

    public Route ToDown(Topology topology) => _adapter.To(_bench, _target, topology == Topology.One ? HostBench.DownOne : HostBench.DownThree);

    public Task ForgetAsync() => _adapter.ForgetAsync(_target);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<bool> ListensAsync(Uri target)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(target.Host, target.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
