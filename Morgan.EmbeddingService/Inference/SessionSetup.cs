using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace Morgan.EmbeddingService.Inference;

/// <summary>
/// The options of sessions. On the CPU one thread per run and as many runs at once as cores, which gives more than
/// one run over all cores; no spinning, which costs half of a thread on a machine that others use too.
/// </summary>
internal static class SessionSetup
{
    /// <summary>Makes the options; the caller disposes them.</summary>
    public static Microsoft.ML.OnnxRuntime.SessionOptions ForCpu()
    {
        var options = new Microsoft.ML.OnnxRuntime.SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,

            // A plan of memory is kept for every shape seen, and texts come in all of them.
            EnableMemoryPattern = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        if (SaturatesInt8())
        {
            options.AddSessionConfigEntry("session.x64quantprecision", "1");
        }

        return options;
    }

    /// <summary>Makes the options for a GPU; what it cannot run goes to the CPU. The caller disposes them.</summary>
    public static Microsoft.ML.OnnxRuntime.SessionOptions ForCuda(OrtCUDAProviderOptions cuda)
    {
        var options = new Microsoft.ML.OnnxRuntime.SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            EnableMemoryPattern = false,
        };
        options.AppendExecutionProvider_CUDA(cuda);
        return options;
    }

    // x86 without VNNI adds u8·s8 products in 16 bits, which overflow silently.
    private static bool SaturatesInt8()
    {
        const int avx512Vnni = 1 << 11; // leaf 7.0, ECX
        const int avxVnni = 1 << 4; // leaf 7.1, EAX
        return X86Base.IsSupported
            && (X86Base.CpuId(7, 0).Ecx & avx512Vnni) == 0
            && (X86Base.CpuId(7, 1).Eax & avxVnni) == 0;
    }
}
