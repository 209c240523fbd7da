using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Throughput;

/// <summary>One short text that is in no cache, over HTTP, against its run in ONNX Runtime alone.</summary>
internal sealed class LatencySuite : ISuite
{
    private const int Repetitions = 9;
    private const int Texts = 200;
    private const int LongestWords = 12;
    private const int Seed = 3;
    private const double Factor = 1.15;

    public string Name => "latency";

    public string Section => "Embeddings";

    public string Title => "One short text over HTTP";

    public string About =>
        $"{Texts} English texts of 3 to {LongestWords} words a repetition, all of them new to the caches, one by one: each sent to the service as it ships by one client that waits for the answer, "
        + $"and its tokens run by ONNX Runtime with nothing around it. Of either the median counts; what the service may add is part of the run ({Factor - 1:0 %}) and a constant.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var runtime = new BareRuntime();
        await using var service = await LocalApp.EmbeddingAsync(cancellationToken);
        using var client = await RequestLoad.OpenAsync(service.Address, clients: 1, cancellationToken);
        var source = new MixedTexts(Seed, LongestWords);
        await MeasureAsync(client, runtime, source, cancellationToken); // warms both up
        var runs = new (double Service, double Runtime)[Repetitions];
        for (var i = 0; i < Repetitions; i++)
        {
            runs[i] = await MeasureAsync(client, runtime, source, cancellationToken);
        }

        var over = new Measurement(
            string.Create(CultureInfo.InvariantCulture, $"service over {Factor} times the runtime, p50"), "ms", [.. runs.Select(run => run.Service - (Factor * run.Runtime))], Goal.AtMost(0.3))
        {
            Details = new Dictionary<string, double>
            {
                ["service, ms"] = Measurement.MedianOf(runs.Select(run => run.Service)),
                ["runtime, ms"] = Measurement.MedianOf(runs.Select(run => run.Runtime)),
            },
        };
        return new SuiteFindings([over], new Dictionary<string, string> { ["ONNX Runtime"] = OrtEnv.Instance().GetVersionString() });
    }

    private static async Task<(double Service, double Runtime)> MeasureAsync(
        RequestLoad client, BareRuntime runtime, MixedTexts source, CancellationToken cancellationToken)
    {
        var texts = source.Take(Texts);
        var (requests, tokens) = (EmbeddingRequests.Of(texts, textsPerRequest: 1), runtime.Tokenize(texts));
        var (service, bare) = (new double[Texts], new double[Texts]);
        for (var i = 0; i < Texts; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await client.AnswerAsync(requests[i], cancellationToken);
            service[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            bare[i] = runtime.Time(tokens[i]).TotalMilliseconds;
        }

        return (Measurement.MedianOf(service), Measurement.MedianOf(bare));
    }
}
