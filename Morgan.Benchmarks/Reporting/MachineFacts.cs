using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Morgan.Benchmarks.Reporting;

/// <summary>Where something was measured.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">How many of its cores, or threads of them, this machine has.</param>
/// <param name="HasVnni">Whether it has VNNI, without which int8 gains less.</param>
/// <param name="MemoryGigabytes">The memory that the process may use.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
internal sealed record MachineFacts(string Processor, int Cores, bool HasVnni, double MemoryGigabytes, string OperatingSystem, string Runtime)
{
    private const double Giga = 1 << 30;

    /// <summary>This machine.</summary>
    public static MachineFacts Read() => new(
        ProcessorName(),
        Environment.ProcessorCount,
        Vnni(),
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Giga, 1),
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription);

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    // CPUID leaf 7: ECX bit 11 is AVX512_VNNI; its subleaf 1: EAX bit 4 is AVX_VNNI.
    private static bool Vnni() => X86Base.IsSupported
        && ((X86Base.CpuId(7, 0).Ecx & 1 << 11) != 0 || (X86Base.CpuId(7, 1).Eax & 1 << 4) != 0);
}
