using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Morgan.Benchmarks.Model;

/// <summary>Writes the comparison as Markdown.</summary>
internal static class ModelReport
{
    /// <summary>Writes the heading.</summary>
    public static void WriteHeading(TextWriter output)
    {
        output.WriteLine("# Default model: shipped int8 graph against its float32 reference");
        output.WriteLine();
        output.WriteLine(
            $"One caller, one intra-op thread, {Environment.ProcessorCount} processors, VNNI: {(HasVnni ? "yes" : "no")}. "
            + "Ratios are of pairs of blocks timed one after the other; quartiles in brackets.");
        output.WriteLine();
        output.WriteLine("| texts×tokens | float32 ms | int8 ms | ratio | int8 tokens/s |");
        output.WriteLine("|---|---:|---:|---:|---:|");
    }

    /// <summary>Writes the line of one shape.</summary>
    public static void WriteShape(TextWriter output, ShapeResult result)
    {
        var tokens = result.Shape.Texts * result.Shape.Tokens / result.Shipped.TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {result.Shape} | {result.Reference.TotalMilliseconds:0.000} | {result.Shipped.TotalMilliseconds:0.000} "
            + $"| {result.Ratio:0.00} ({result.LowRatio:0.00}–{result.HighRatio:0.00}) | {tokens:N0} |"));
    }

    /// <summary>Writes the figures over all shapes.</summary>
    public static void WriteSummary(TextWriter output, IReadOnlyList<ShapeResult> results)
    {
        var ratios = results.Select(result => result.Ratio).Order().ToArray();
        var median = (ratios[(ratios.Length - 1) / 2] + ratios[ratios.Length / 2]) / 2;
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Median over shapes {median:0.00}, lowest {ratios[0]:0.00}, highest {ratios[^1]:0.00}."));
    }

    // Without VNNI int8 kernels gain less. CPUID leaf 7: ECX bit 11 is AVX512_VNNI; its subleaf 1: EAX bit 4 is AVX_VNNI.
    private static bool HasVnni => X86Base.IsSupported
        && ((X86Base.CpuId(7, 0).Ecx & 1 << 11) != 0 || (X86Base.CpuId(7, 1).Eax & 1 << 4) != 0);
}
