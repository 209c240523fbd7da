using System.ComponentModel;
using System.Diagnostics;

namespace Morgan.Benchmarks.Node;

/// <summary>Node's package manager.</summary>
internal static class Npm
{
    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(5);

    /// <summary>Installs what the folder's <c>package.json</c> names.</summary>
    /// <exception cref="BenchmarkException">npm is not here, or failed.</exception>
    public static async Task InstallAsync(string folder, CancellationToken cancellationToken)
    {
        // Without scripts: onnxruntime-node's would fetch what only GPUs need.
        using var npm = Start(folder, OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(InstallDeadline);
        try
        {
            npm.StandardInput.Close();
            await npm.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            if (!npm.HasExited)
            {
                npm.Kill(entireProcessTree: true);
            }
        }

        if (npm.ExitCode != 0)
        {
            throw new BenchmarkException("npm could not install what is compared with");
        }
    }

    /// <summary>Starts a program in a folder. What goes wrong stands on the error stream, which is the benchmark's own.</summary>
    /// <exception cref="BenchmarkException">It cannot be started.</exception>
    public static Process Start(string folder, string executable, string[] arguments)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return Process.Start(start) ?? throw new BenchmarkException($"{executable} did not start");
        }
        catch (Win32Exception e)
        {
            throw new BenchmarkException($"{executable} cannot be started: {e.Message}");
        }
    }
}
