using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>The bytes that a request allocates.</summary>
internal sealed class AllocationSuite : ISuite
{
    private const int Repetitions = 5;

    public string Name => "gateway-allocations";

    public string Section => "Gateway";

    public string Title => "What a request allocates";

    public string About =>
        "Bytes a request in Morgan beyond those in a bare `HttpMessageInvoker` proxy on Kestrel, in one process, one request at a time; with keys, limits of the tenant, metering, metrics and traces of one request in a hundred.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var measurements = new List<Measurement>();
        foreach (var request in (LoadRequest[])[LoadRequest.Whole, LoadRequest.Stream])
        {
            var (over, proxies) = (new List<double>(), new List<double>());
            for (var repetition = 0; repetition < Repetitions; repetition++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (proxy, gateway) = await AllocationMeasurement.RunAsync(request);
                over.Add(gateway - proxy);
                proxies.Add(proxy);
            }

            measurements.Add(new Measurement(request.IsStream ? "a stream of 50 events" : "a whole answer", "bytes", over, Goal.AtMost(4096))
            {
                Details = new Dictionary<string, double> { ["the bare proxy itself"] = Measurement.MedianOf(proxies) },
            });
        }

        return new SuiteFindings(measurements, new Dictionary<string, string>());
    }
}
