using Morgan.Benchmarks.Gateway;
using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Benchmarks;

/// <summary>
/// A guard, not a measurement: the processor time of an answer as a multiple of what it costs a bare proxy, in pairs, in
/// processes of their own. Alone, as <see cref="MemoryTests"/>.
/// </summary>
[Collection(nameof(MemoryTests))]
public sealed class ProcessorTimeTests
{
    // Optimised 1.9 whole and 1.8 streamed; a debug build of Morgan beside a framework that is not one 3.2 to 3.6.
#if DEBUG
    private const double Most = 5;
#else
    private const double Most = 3;
#endif
    private const int WarmUps = 4;
    private const int Pairs = 5;
    private const int Connections = 8;
    private static readonly TimeSpan Run = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_OfTheGateway_TakesAFewTimesTheProcessorTimeOfABareProxy(bool stream)
    {
        var request = stream ? LoadRequest.Stream : LoadRequest.Whole;
        await using var host = await ServerProcess.StartAsync("mock", null);
        await using var bare = await ServerProcess.StartAsync("invoker", host.Address);
        await using var gateway = await ServerProcess.StartAsync("guarded", host.Address);
        MeasuredServer[] servers = [new("bare", bare), new("gateway", gateway)];

        for (var run = 0; run < WarmUps + Pairs; run++)
        {
            foreach (var server in servers)
            {
                await server.LoadAsync(request, Connections, Run);
            }
        }

        double[] ratios = [.. servers[1].Processor.Zip(servers[0].Processor, (ours, its) => ours / its).Skip(WarmUps).Order()];
        Assert.InRange(ratios[Pairs / 2], 1, Most);
    }
}
