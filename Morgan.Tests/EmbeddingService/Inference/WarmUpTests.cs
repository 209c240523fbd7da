using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Inference;

namespace Morgan.Tests.EmbeddingService.Inference;

public sealed class WarmUpTests
{
    private static string Shipped => Path.Combine(ModelSource.ShippedFolder, "model.onnx");

    [Fact]
    public void GraphWeights_OfTheShippedModel_AreItsMatricesWithoutTheTable()
    {
        // Two layers (3d² + d·512 + 2·512·1536 each, d = 256 and 512), the residual 256·512 and the head 512·512.
        const long expected = (3 * 256 * 256) + (256 * 512) + (3 * 512 * 512) + (512 * 512) + (4 * 512 * 1536) + (256 * 512) + (512 * 512);
        Assert.InRange(GraphWeights.Count(Shipped), expected, expected * 1.02);
    }

    [Fact]
    public void GraphWeights_OfNoGraph_AreNone()
    {
        var file = Path.GetTempFileName();
        File.WriteAllBytes(file, [0x3a, 0x7f, 1, 2]);
        Assert.Equal(0, GraphWeights.Count(file));
        File.Delete(file);
    }

    [Fact]
    public void FloatPeak_IsThatOfAProcessor() => Assert.InRange(FloatPeak.Measure(), 1e9, 1e12);

    [Fact]
    public void CouplingProbe_ShippedInt8Model_IsFoundToCouple()
    {
        using var engine = Open(Shipped, useBinding: false);
        var coupling = CouplingProbe.Run(engine, 8000, 128);

        // The bound that the documentation states for Deterministic=false.
        Assert.InRange(coupling, CouplingProbe.Tolerance, 0.05f);
    }

    [Fact]
    public void CouplingProbe_Float32Model_IsFoundNotTo()
    {
        using var engine = Open(Shared.Path("models/use-lite/model.onnx"), useBinding: false);
        Assert.InRange(CouplingProbe.Run(engine, 8000, 128), 0, CouplingProbe.Tolerance);
    }

    [Fact]
    public void Calibration_ModelThatCouples_KeepsItsTextsApart()
    {
        using var engine = Open(Shipped, useBinding: false);
        var best = Calibration.Measure(engine, 8000, 128, maxTextsPerRun: 1, callers: 0);
        Assert.Equal(32, best.TokensPerRun);
        Assert.InRange(best.Callers, 1, Environment.ProcessorCount);
        Assert.True(best.TokensPerSecond > 1000);
    }

    [Fact]
    public void BoundRun_GivesWhatAPlainRunGives()
    {
        using var plain = Open(Shipped, useBinding: false);
        using var bound = Open(Shipped, useBinding: true);
        var (a, b) = (new float[512], new float[512]);
        plain.Run([[5, 6, 7]], [a]);
        bound.Run([[5, 6, 7]], [b]);
        Assert.Equal(a, b);
    }

    [Fact]
    public async Task CudaWanted_WhereThereIsNone_SaysHowToGetIt()
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "this build has CUDA");
        var failure = await Assert.ThrowsAsync<Morgan.ServiceDefaults.Configuration.ConfigurationException>(() => EmbeddingHost.StartAsync(
            "--Embedding:Models:use-lite:Source", ModelSource.ShippedFolder, "--Embedding:Models:use-lite:Device", "cuda"));
        Assert.StartsWith("Embedding:Models:use-lite:Device", failure.Message, StringComparison.Ordinal);
        Assert.Contains("OnnxRuntimeGpu", failure.Message, StringComparison.Ordinal);
    }

    private static OnnxEngine Open(string graph, bool useBinding)
    {
        using var options = SessionSetup.ForCpu();
        var session = new InferenceSession(graph, options);
        return new OnnxEngine(session, GraphSignature.Read(session, wantTokens: false, "test"), new EngineOptions(Pooling.Mean, [], 0, Normalize: true, useBinding));
    }
}
