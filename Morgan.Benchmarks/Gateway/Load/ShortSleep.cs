using System.Runtime.InteropServices;

namespace Morgan.Benchmarks.Gateway.Load;

/// <summary>Sleeps of less than a millisecond, which <see cref="Thread.Sleep(TimeSpan)"/> does not know.</summary>
internal static partial class ShortSleep
{
    /// <summary>Sleeps so long, or a little longer; on Windows a millisecond at least.</summary>
    public static void For(TimeSpan time)
    {
        if (OperatingSystem.IsWindows())
        {
            Thread.Sleep(Math.Max(1, (int)time.TotalMilliseconds));
        }
        else
        {
            _ = Sleep((uint)Math.Clamp(time.TotalMicroseconds, 1, 999_999));
        }
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(uint microseconds);
}
