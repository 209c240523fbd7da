using System.Diagnostics;
using System.Text;

namespace Morgan.Tests.AppHost;

/// <summary>The AppHost as a program of its own, with all its descendants marked so that they can be counted.</summary>
internal sealed class AppHostProgram : IAsyncDisposable
{
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly Process _process;

    private AppHostProgram(IEnumerable<string> args, IReadOnlyDictionary<string, string> environment)
    {
        var bin = Path.GetRelativePath(Path.Combine(Repository.Root, "Morgan.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Repository.Root, "Morgan.AppHost", bin, "Morgan.AppHost.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MORGAN_TEST_MARK"] = _mark, ["DOTNET_ENVIRONMENT"] = "Development" },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        Output = _process.StandardOutput.ReadToEndAsync();
        Error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it has written when it has ended.</summary>
    public Task<string> Output { get; }

    /// <summary>What it has written to standard error when it has ended.</summary>
    public Task<string> Error { get; }

    public int Id => _process.Id;

    public static AppHostProgram Start(params string[] args) => new(args, new Dictionary<string, string>());

    public static AppHostProgram Start(IReadOnlyDictionary<string, string> environment, params string[] args) => new(args, environment);

    /// <summary>Waits for its end; fails after the deadline.</summary>
    public async Task<int> ExitAsync(TimeSpan deadline)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(deadline, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>The command lines of all living processes that descend from it, itself included; Linux only.</summary>
    public List<string> Living()
    {
        var mark = Encoding.ASCII.GetBytes($"MORGAN_TEST_MARK={_mark}");
        var living = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                // "8134 (dotnet) Z 1 …": a zombie has ended, only nobody has asked for its exit code
                var state = File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1][0];
                if (state is not ('Z' or 'X') && File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan().IndexOf(mark) >= 0)
                {
                    living.Add(File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' '));
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // ended meanwhile, or another user's
            }
        }

        return living;
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit(TimeSpan.FromSeconds(5));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(); // the orchestrator notices, and ends the rest
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
