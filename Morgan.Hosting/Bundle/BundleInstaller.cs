using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Aspire.Hosting;

namespace Morgan.Hosting.Bundle;

/// <summary>Gets the bundle with npm when this machine has none: once for each user.</summary>
internal static class BundleInstaller
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    /// <summary>Finds the bundle, or gets it, saying so.</summary>
    /// <param name="output">Where to say it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DistributedApplicationException">npm is missing or failed.</exception>
    public static async Task<AspireBundle> FindOrInstallAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (AspireBundle.Find() is { } found)
        {
            return found;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            // Another AppHost may be at it: it holds the lock, and what it has installed is then found.
            await using var held = await LockAsync(Path.Combine(AspireBundle.CacheFolder, ".lock"), deadline.Token);
            return AspireBundle.Find() ?? await InstallAsync(output, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"npm has not got Aspire's dashboard within {Deadline.TotalMinutes} minutes; try again.");
        }
    }

    private static async Task<AspireBundle> InstallAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var package = $"@microsoft/aspire-cli-{Rid()}";
        await output.WriteLineAsync($"Getting Aspire's dashboard and orchestrator from npm: {package}@{AspireBundle.Version} (150 MB, this once)...");
        var clock = Stopwatch.StartNew();
        foreach (var left in Directory.EnumerateDirectories(AspireBundle.CacheFolder, "*.part"))
        {
            Directory.Delete(left, recursive: true); // of a start that was killed: we hold the lock
        }

        var part = Directory.CreateDirectory(Path.Combine(AspireBundle.CacheFolder, $"{Guid.NewGuid():N}.part")).FullName;
        try
        {
            await RunAsync("npm", NpmMissing, cancellationToken, "install", "--prefix", part, "--no-audit", "--no-fund", "--ignore-scripts",
                "--loglevel", "error", $"{package}@{AspireBundle.Version}");
            RequireIntegrity(part, package);
            var cli = Path.Combine(part, "node_modules", package, "bin", OperatingSystem.IsWindows() ? "aspire.exe" : "aspire");
            await RunAsync(cli, $"{cli} is missing", cancellationToken, "setup", "--non-interactive", "--nologo", "--install-path", Path.Combine(part, "aspire"));
            var unpacked = AspireBundle.Versions(Path.Combine(part, "aspire", "versions")).FirstOrDefault()
                ?? throw new DistributedApplicationException($"{package} {AspireBundle.Version} did not unpack as expected.");
            Directory.Move(unpacked, Path.Combine(AspireBundle.CacheFolder, AspireBundle.Version));
        }
        finally
        {
            Directory.Delete(part, recursive: true);
        }

        await output.WriteLineAsync($"Aspire's dashboard and orchestrator are in {AspireBundle.CacheFolder} now ({clock.Elapsed.TotalSeconds:F0} s).");
        return AspireBundle.Find() ?? throw new DistributedApplicationException($"No orchestrator and dashboard in {AspireBundle.CacheFolder}; delete that folder.");
    }

    private static string NpmMissing =>
        $"npm is missing: install Node.js 20 or newer, whose npm gets Aspire's dashboard and orchestrator (once), or the Aspire CLI {AspireBundle.Version}.";

    /// <summary>npm refuses a package that does not have the hash that its registry names; this refuses a registry that names none.</summary>
    private static void RequireIntegrity(string folder, string package)
    {
        // {"packages":{"node_modules/@microsoft/aspire-cli-linux-x64":{"version":"13.5.4","integrity":"sha512-8PWe…"}}}
        using var installed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "node_modules", ".package-lock.json")));
        var entry = installed.RootElement.GetProperty("packages").GetProperty($"node_modules/{package}");
        if (!entry.TryGetProperty("integrity", out var hash) || hash.GetString()?.StartsWith("sha512-", StringComparison.Ordinal) != true)
        {
            throw new DistributedApplicationException($"npm knows no SHA-512 of {package}, so what it got cannot be trusted; use another npm registry.");
        }
    }

    private static string Rid()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
    }

    private static async Task RunAsync(string program, string missing, CancellationToken cancellationToken, params string[] arguments)
    {
        // npm is a script on Windows, which only its shell can start
        var shell = OperatingSystem.IsWindows() && program == "npm";
        var start = new ProcessStartInfo(shell ? "cmd.exe" : program, shell ? ["/c", program, .. arguments] : arguments)
        {
            Environment = { ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AspireBundle.CacheFolder,
        };
        try
        {
            using var process = Process.Start(start)!;
            using var killed = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            var (standard, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                var said = $"{await error} {await standard}".Trim();
                throw new DistributedApplicationException(
                    $"{(shell || program == "npm" ? NpmMissingOr(process.ExitCode) : program)} failed with exit code {process.ExitCode}: {said.ReplaceLineEndings(" ")}");
            }
        }
        catch (Win32Exception)
        {
            throw new DistributedApplicationException(missing);
        }
    }

    private static string NpmMissingOr(int exitCode) => OperatingSystem.IsWindows() && exitCode == 9009 ? NpmMissing : "npm install";

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(250, cancellationToken);
            }
        }
    }
}
