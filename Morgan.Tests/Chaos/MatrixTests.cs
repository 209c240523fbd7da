using Morgan.Tests.Chaos.Gateways;
using Morgan.Tests.Chaos.Matrix;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Chaos;

[Collection(typeof(AloneCollection))]
public sealed class MatrixTests
{
    [Fact]
    public async Task Gateway_EveryFaultOnceInEveryMode_KeepsTheContract()
    {
        var run = new MatrixRun(async (bench, strategy) => await MorganGateway.StartAsync(bench, strategy));

        var results = await run.RunAsync(MatrixRun.Quick(Strategies.All));

        TestContext.Current.AddAttachment("matrix.md", MatrixReport.Markdown(results));
        var broken = results.Where(result => result.Flaws.Count > 0)
            .Select(result => $"{result.Cell}: {string.Join(", ", result.Flaws)} ({result.Status}, {result.HostRequests} host requests) {result.Detail}").ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }
}
