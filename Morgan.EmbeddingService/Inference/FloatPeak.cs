using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Morgan.EmbeddingService.Inference;

/// <summary>
/// Measures how many float32 operations a second one core does at best, by a matrix product that fits into its cache:
/// ONNX Runtime's own kernel, whatever this service was compiled with.
/// </summary>
internal static class FloatPeak
{
    private const int Size = 384;
    private const double FlopsPerRun = 2.0 * Size * Size * Size;

    // A graph of one node, c = MatMul(a, b), all of them float [384, 384].
    private const string Graph =
        "CAg6XgoRCgFhCgFiEgFjIgZNYXRNdWwSBHBlYWtaFQoBYRIQCg4IARIKCgMIgAMKAwiAA1oVCgFi"
        + "EhAKDggBEgoKAwiAAwoDCIADYhUKAWMSEAoOCAESCgoDCIADCgMIgANCAhAR";

    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(30);

    /// <summary>The operations a second.</summary>
    public static double Measure()
    {
        using var options = SessionSetup.ForCpu();
        using var session = new InferenceSession(Convert.FromBase64String(Graph), options);
        using var run = new RunOptions();
        var numbers = new float[Size * Size];
        Array.Fill(numbers, 0.5f);
        using var a = OrtValue.CreateTensorValueFromMemory(numbers, [Size, Size]);
        using var c = OrtValue.CreateTensorValueFromMemory(new float[Size * Size], [Size, Size]);
        var (best, began) = (0.0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(began) < Duration)
        {
            var start = Stopwatch.GetTimestamp();
            session.Run(run, ["a", "b"], [a, a], ["c"], [c]);
            best = Math.Max(best, FlopsPerRun / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
