using Microsoft.ML.OnnxRuntime;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Throughput;

/// <summary>How much more the service does on all cores than on one, against what ONNX Runtime alone gains.</summary>
internal sealed class ScalingSuite : ISuite
{
    private const int Repetitions = 7;
    private const int Texts = 1024;
    private const int TextsPerRequest = 32;
    private const int Clients = 8;
    private const int Seed = 4;

    public string Name => "scaling";

    public string Section => "Embeddings";

    public string Title => "From one core to all";

    public string About =>
        $"{Texts:N0} English texts of 3 to 110 words, all of them new to the caches, {TextsPerRequest} a request from {Clients} clients, sent to two services as they ship: one that may use one core, and one that may use all. "
        + "The same tokens are run by ONNX Runtime with nothing around it on one thread and on a thread for each core. Clients, services and runtime share the machine and take turns.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var cores = Environment.ProcessorCount;
        if (cores == 1)
        {
            throw new BenchmarkException("there is one core");
        }

        using var runtime = new BareRuntime();
        using var onOne = await ServiceProcess.StartAsync(cores: 1, cancellationToken);
        using var onAll = await ServiceProcess.StartAsync(cancellationToken);
        using var toOne = await RequestLoad.OpenAsync(onOne.Address, Clients, cancellationToken);
        using var toAll = await RequestLoad.OpenAsync(onAll.Address, Clients, cancellationToken);
        var source = new MixedTexts(Seed);
        var (service, bare) = (new double[Repetitions], new double[Repetitions]);
        for (var i = -1; i < Repetitions; i++)
        {
            var texts = source.Take(Texts);
            var (requests, tokens) = (EmbeddingRequests.Of(texts, TextsPerRequest), runtime.Tokenize(texts));
            var one = await Pairs.PerSecondAsync(Texts, () => toOne.SendAsync(requests, cancellationToken));
            var all = await Pairs.PerSecondAsync(Texts, () => toAll.SendAsync(requests, cancellationToken));
            var bareOne = await Pairs.PerSecondAsync(Texts, () => Task.Run(() => runtime.Run(tokens, threads: 1), cancellationToken));
            var bareAll = await Pairs.PerSecondAsync(Texts, () => Task.Run(() => runtime.Run(tokens, cores), cancellationToken));
            if (i >= 0) // the first warms up
            {
                (service[i], bare[i]) = (all / one, bareAll / bareOne);
            }
        }

        return new SuiteFindings(
            [Measurement.Ratio($"gain from 1 core to {cores}, service over runtime", Goal.AtLeast(0.93), service, "service", bare, "runtime")],
            new Dictionary<string, string> { ["ONNX Runtime"] = OrtEnv.Instance().GetVersionString() });
    }
}
