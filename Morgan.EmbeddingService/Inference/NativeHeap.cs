using System.Runtime.InteropServices;

namespace Morgan.EmbeddingService.Inference;

/// <summary>The C library's heap, which ONNX Runtime takes its memory from. glibc alone is told anything.</summary>
internal static partial class NativeHeap
{
    private const int ArenaMax = -8;

    /// <summary>
    /// As many heaps as cores, which is how many inferences run at once, and not the eight for each that glibc makes: what
    /// one of them holds free is of no use to the others, so that memory grows with every model that is loaded.
    /// <c>MALLOC_ARENA_MAX</c> goes first.
    /// </summary>
    public static void LimitArenas()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null && Has("mallopt"))
        {
            _ = MallOpt(ArenaMax, Environment.ProcessorCount);
        }
    }

    /// <summary>Collects what nobody holds any more and gives it back to the system, which both heaps put off.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (Has("malloc_trim"))
        {
            _ = MallocTrim(0);
        }
    }

    private static bool Has(string function) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, function, out _);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int MallocTrim(nuint pad);
}
