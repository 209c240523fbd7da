using Microsoft.ML.OnnxRuntime;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Throughput;

/// <summary>Texts that are in no cache, over HTTP, against ONNX Runtime alone with the same tokens.</summary>
internal sealed class ThroughputSuite : ISuite
{
    private const int Repetitions = 7;
    private const int Texts = 2048;
    private const int Seed = 1;

    public string Name => "throughput";

    public string Section => "Embeddings";

    public string Title => "Over HTTP against ONNX Runtime alone";

    public string About =>
        $"{Texts:N0} English texts of 3 to 110 words a repetition, all of them new to the caches, sent to the service as it ships (base64, default model, one text a run, so that a vector depends on its own text alone), "
        + "and the same tokens run by ONNX Runtime with nothing around it, one text a run, on a thread for each core. Client, service and runtime share the machine.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var runtime = new BareRuntime();
        var source = new MixedTexts(Seed);
        await using var service = await LocalApp.EmbeddingAsync(cancellationToken);
        var measurements = new List<Measurement>();
        foreach (var (textsPerRequest, clients, goal) in new[] { (32, 8, Goal.AtLeast(0.85)), (1, 16, null) })
        {
            using var load = await RequestLoad.OpenAsync(service.Address, clients, cancellationToken);
            await load.SendAsync(EmbeddingRequests.Of(source.Take(Texts), textsPerRequest), cancellationToken);
            measurements.Add(await CompareAsync(runtime, source, load, textsPerRequest, clients, goal, cancellationToken));
        }

        return new SuiteFindings(measurements, new Dictionary<string, string> { ["ONNX Runtime"] = OrtEnv.Instance().GetVersionString() });
    }

    private static async Task<Measurement> CompareAsync(
        BareRuntime runtime, MixedTexts source, RequestLoad load, int textsPerRequest, int clients, Goal? goal, CancellationToken cancellationToken)
    {
        string[] texts = [];
        Task<double> ServiceAsync()
        {
            var requests = EmbeddingRequests.Of(texts, textsPerRequest);
            return Pairs.PerSecondAsync(Texts, () => load.SendAsync(requests, cancellationToken));
        }

        Task<double> RuntimeAsync()
        {
            var tokens = runtime.Tokenize(texts);
            return Pairs.PerSecondAsync(Texts, () => Task.Run(() => runtime.Run(tokens, Environment.ProcessorCount), cancellationToken));
        }

        var (ours, bare) = (new double[Repetitions], new double[Repetitions]);
        for (var i = 0; i < Repetitions; i++)
        {
            texts = source.Take(Texts);
            (ours[i], bare[i]) = i % 2 == 0 ? (await ServiceAsync(), await RuntimeAsync()) : Swap(await RuntimeAsync(), await ServiceAsync());
        }

        var name = textsPerRequest == 1 ? $"one text a request, {clients} clients" : $"{textsPerRequest} texts a request, {clients} clients";
        return Measurement.Ratio(name, goal, ours, "service, texts/s", bare, "runtime, texts/s");
    }

    private static (double Second, double First) Swap(double first, double second) => (second, first);
}
