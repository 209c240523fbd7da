using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Morgan.Tests.Deploy;

/// <summary>A published service as its container runs it: not as root, in Production, with no folder that it may write.</summary>
internal sealed partial class PublishedProcess : IAsyncDisposable
{
    /// <summary>The user of the images.</summary>
    private const string User = "1654";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly List<string> _said = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PublishedProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Said
    {
        get
        {
            lock (_said)
            {
                return string.Join('\n', _said);
            }
        }
    }

    /// <summary>Starts a service; the settings are environment variables, as everywhere where it is deployed.</summary>
    public static PublishedProcess Start(string folder, string[] dotnetArgs, params (string Variable, string Value)[] settings)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what runs in the images is tried on Linux");
        var isRoot = Environment.IsPrivilegedProcess;
        Assert.SkipWhen(isRoot && !File.Exists("/usr/bin/setpriv"), "this is root, and without setpriv it cannot become anyone else");
        string[] asUser = isRoot ? ["/usr/bin/setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", "dotnet"] : ["dotnet"];
        var program = Path.Combine(folder, Path.GetFileName(folder) + ".dll");
        var start = new ProcessStartInfo(asUser[0], [.. asUser[1..], "exec", .. dotnetArgs, program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
            Environment =
            {
                ["HOME"] = "/nonexistent", ["TMPDIR"] = folder, ["ASPNETCORE_ENVIRONMENT"] = "Production", ["DOTNET_ENVIRONMENT"] = "Production",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            },
        };
        foreach (var (variable, value) in settings)
        {
            start.Environment[variable] = value;
        }

        return new PublishedProcess(start);
    }

    /// <summary>Waits until it listens.</summary>
    public async Task<HttpClient> ListeningAsync(string? key = null)
    {
        var ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(_address.Task, ended).WaitAsync(StartDeadline, TestContext.Current.CancellationToken);
        Assert.True(_address.Task.IsCompleted, $"it ended before it listened: {Said}");
        var client = new HttpClient { BaseAddress = await _address.Task, Timeout = TimeSpan.FromSeconds(30) };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return client;
    }

    /// <summary>The user that it runs as.</summary>
    public string UserId() => File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit(TimeSpan.FromSeconds(5));
    }

    public async Task<int> ExitAsync(TimeSpan deadline)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(deadline, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_said)
        {
            _said.Add(line);
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
