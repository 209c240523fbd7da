using System.ComponentModel;
using System.Diagnostics;

namespace Morgan.Tests;

/// <summary>A temporary folder with the packages that a committed package.json names; deleted when disposed.</summary>
internal sealed class NpmFolder : IDisposable
{
    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("morgan-npm-");

    private NpmFolder()
    {
    }

    /// <summary>Copies the files of a folder of Morgan.Tests and installs; the test is skipped where npm can't.</summary>
    public static async Task<NpmFolder> InstallAsync(params string[] folderOfTests)
    {
        var npm = new NpmFolder();
        try
        {
            foreach (var file in Directory.GetFiles(Path.Combine([Repository.Root, "Morgan.Tests", .. folderOfTests])))
            {
                System.IO.File.Copy(file, npm.File(Path.GetFileName(file)));
            }

            var (installed, _, problem) = await npm.RunAsync(
                InstallDeadline, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock");
            Assert.SkipUnless(installed, $"npm could not install: {problem}");
            return npm;
        }
        catch
        {
            npm.Dispose();
            throw;
        }
    }

    /// <summary>A file of the folder.</summary>
    public string File(params string[] path) => Path.Combine([_folder.FullName, .. path]);

    /// <summary>Runs a program in the folder; what it said, and whether it ended well within the deadline.</summary>
    public async Task<(bool Ok, string Output, string Problem)> RunAsync(TimeSpan deadline, string program, params string[] args)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() && program == "npm" ? "npm.cmd" : program, args)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            return (false, "", $"{program}: {e.Message}");
        }

        using (process)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            timeout.CancelAfter(deadline);
            var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            try
            {
                await process.WaitForExitAsync(timeout.Token);
                return (process.ExitCode == 0, await output, await error);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return (false, "", $"{program} did not end within {deadline.TotalSeconds:0} s");
            }
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
