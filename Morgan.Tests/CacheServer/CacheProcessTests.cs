using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Morgan.Tests.CacheServer;

/// <summary>The cache as a process of its own.</summary>
public sealed class CacheProcessTests
{
    private const int Sigint = 2;
    private const int Sigterm = 15;

    [Theory]
    [InlineData(Sigterm)]
    [InlineData(Sigint)]
    public async Task Signal_EndsItWithinTwoSeconds_WithClientsConnected(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to another process");
        using var process = await CacheUnderTest.StartAsync();
        await using var redis = await TestCache.ConnectAsync(process.Port);
        await redis.GetDatabase().StringSetAsync("a", 1);
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, Kill(process.Process.Id, signal));
        await process.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 2);
        Assert.Equal((0, ""), (process.Process.ExitCode, await process.Process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Memory_StaysBoundedWhileOneGigabyteIsWritten_AndTheDiskUntouched()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var process = await CacheUnderTest.StartAsync();
        await using var redis = await TestCache.ConnectAsync(process.Port);
        var database = redis.GetDatabase();
        var value = new byte[32 << 10];
        for (int round = 0; round < 256; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 128).Select(i => database.StringSetAsync($"{round}:{i}", value)));
        }

        await database.ExecuteAsync("SAVE");
        Assert.False((await database.StringGetAsync("255:127")).IsNull);
        Assert.InRange(process.PeakResidentBytes() >> 20, 64, 64 + 140);
        Assert.Empty(Directory.EnumerateFiles(process.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Start_OnATakenPort_IsToldInOneLine()
    {
        await using var cache = await TestCache.StartAsync();
        using var process = CacheUnderTest.Launch(cache.Port);
        await process.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string error = await process.Process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.Process.ExitCode);
        Assert.StartsWith("Morgan: Cache:Port:", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
