using System.Diagnostics;

namespace Morgan.Benchmarks.Startup;

/// <summary>The .NET SDK, run to its end.</summary>
internal static class Dotnet
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Runs it.</summary>
    /// <exception cref="BenchmarkException">It failed, or took too long.</exception>
    public static async Task RunAsync(string folder, CancellationToken cancellationToken, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", args) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new BenchmarkException("dotnet did not start");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        string said;
        try
        {
            said = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BenchmarkException($"dotnet {args[0]} took more than {Deadline.TotalMinutes:0} minutes");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        if (process.ExitCode != 0)
        {
            throw new BenchmarkException($"dotnet {string.Join(' ', args)} failed:\n{said}");
        }
    }
}
