using System.Diagnostics;

namespace Morgan.Tests.Docs;

/// <summary>A block of shell commands from a page, run as somebody would who copies it.</summary>
internal static class DocumentedCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Skips the test where there is no shell with curl.</summary>
    public static void RequireShell() =>
        Assert.SkipUnless(File.Exists("/bin/sh") && File.Exists("/usr/bin/curl"), "there is no shell with curl");

    /// <summary>Runs a block; an answer that is no success fails it.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "set -e\ncurl() { command /usr/bin/curl --fail-with-body --max-time 50 \"$@\"; }\n" + command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await Task.WhenAll(shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync())
            .WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{command}\n{said[0]}\n{said[1]}");
        return said[0];
    }
}
