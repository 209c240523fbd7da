using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Configuration;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Inference;

/// <summary>Opens a graph on the device that is configured, or that is there.</summary>
internal sealed class SessionOpener(ILogger<SessionOpener> logger)
{
    private const string CudaProvider = "CUDAExecutionProvider";
    private const string Remedy = "build with -p:OnnxRuntimeGpu=true, on a machine with CUDA and cuDNN";

    private int _saidCpu;

    /// <summary>Opens a graph.</summary>
    /// <param name="graph">The .onnx file.</param>
    /// <param name="model">Names the device.</param>
    /// <param name="key">The model's configuration key.</param>
    /// <exception cref="ConfigurationException">The graph cannot be opened, or not on the device that is wanted.</exception>
    public OpenSession Open(string graph, ModelOptions model, string key)
    {
        if (model.Device != Devices.Cpu)
        {
            try
            {
                return OpenCuda(graph, model);
            }
            catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException or NotSupportedException)
            {
                if (model.Device == Devices.Cuda)
                {
                    throw new ConfigurationException($"{key}:Device: cuda cannot be used: {e.Message} ({Remedy})", e);
                }

                SayCpu(e.Message);
            }
        }

        try
        {
            using var options = SessionSetup.ForCpu();
            return new OpenSession(new InferenceSession(graph, options), Devices.Cpu);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ConfigurationException($"{key}:Source: {graph} is not a model that can be run: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static OpenSession OpenCuda(string graph, ModelOptions model)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider))
        {
            throw new NotSupportedException("this build's ONNX Runtime has no CUDA provider");
        }

        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(model.Cuda);
        using var options = SessionSetup.ForCuda(cuda);
        var device = $"{Devices.Cuda}:{model.Cuda.GetValueOrDefault("device_id", "0")}";
        return new OpenSession(new InferenceSession(graph, options), device);
    }

    private void SayCpu(string reason)
    {
        if (Interlocked.Exchange(ref _saidCpu, 1) == 0)
        {
            Log.RunningOnCpu(logger, reason, Remedy);
        }
    }
}
