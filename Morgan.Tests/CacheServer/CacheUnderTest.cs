using System.Diagnostics;
using System.Globalization;

namespace Morgan.Tests.CacheServer;

/// <summary>A process of Morgan.CacheServer in a folder of its own; killed when disposed.</summary>
internal sealed class CacheUnderTest : IDisposable
{
    private CacheUnderTest(Process process, int port, string folder)
    {
        (Process, Port, Folder) = (process, port, folder);
    }

    public Process Process { get; }

    public int Port { get; }

    public string Folder { get; }

    public static CacheUnderTest Launch(int port)
    {
        string folder = Directory.CreateTempSubdirectory("morgan-cache-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", Path.Combine(AppContext.BaseDirectory, "Morgan.CacheServer.dll"), "--Cache:MaxMemoryBytes", "67108864" },
            Environment =
            {
                ["Cache__Port"] = port.ToString(CultureInfo.InvariantCulture),
                ["Cache__Password"] = TestCache.Password,
            },
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new CacheUnderTest(Process.Start(start)!, port, folder);
    }

    public static async Task<CacheUnderTest> StartAsync()
    {
        var cache = Launch(TestCache.FreePort());
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        string? line = await cache.Process.StandardOutput.ReadLineAsync(deadline.Token);
        Assert.Contains("Cache ready on 127.0.0.1:", line, StringComparison.Ordinal);
        return cache;
    }

    public long PeakResidentBytes() => 1024 * long.Parse(
        File.ReadLines($"/proc/{Process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            Process.WaitForExit(5_000);
        }

        Process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
