using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Morgan.Benchmarks.Load;

/// <summary>The embedding service as a process of its own, whose memory is nobody else's; gone when disposed.</summary>
internal sealed partial class ServiceProcess : IDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private ServiceProcess(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its resident memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts it on a free port; the settings are given like a command line.</summary>
    /// <exception cref="BenchmarkException">It did not start.</exception>
    public static Task<ServiceProcess> StartAsync(CancellationToken cancellationToken, params string[] settings) => StartAsync(["dotnet"], settings, cancellationToken);

    /// <summary>Starts it on so many cores and no others.</summary>
    /// <exception cref="BenchmarkException">It did not start, or this is no Linux.</exception>
    public static Task<ServiceProcess> StartAsync(int cores, CancellationToken cancellationToken) => OperatingSystem.IsLinux()
        ? StartAsync(["taskset", "--cpu-list", $"0-{cores - 1}", "dotnet"], [], cancellationToken)
        : throw new BenchmarkException("a process is held to some cores on Linux only");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static async Task<ServiceProcess> StartAsync(string[] program, string[] settings, CancellationToken cancellationToken)
    {
        var dll = Path.Combine(AppContext.BaseDirectory, "Morgan.EmbeddingService.dll");
        var start = new ProcessStartInfo(
            program[0], [.. program[1..], "exec", dll, "--urls", "http://127.0.0.1:0", "--environment", "Development", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information", .. settings])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (Listening().Match(line.Data ?? "") is { Success: true } match)
            {
                listening.TrySetResult(new Uri(match.Groups[1].Value));
            }
        };
        process.Exited += (_, _) => listening.TrySetException(new BenchmarkException("the service ended before it listened"));
        process.Start();
        process.BeginOutputReadLine();
        try
        {
            return new ServiceProcess(process, await listening.Task.WaitAsync(StartsWithin, cancellationToken));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    [GeneratedRegex("Now listening on: (http://[^ ]+)")]
    private static partial Regex Listening();
}
