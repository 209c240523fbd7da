using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Aspire.Hosting;

namespace Morgan.Hosting.Bundle;

/// <summary>Gets the bundle with npm where this machine has none: once for each user.</summary>
/// <param name="cacheFolder">Where it is put, in a folder named by its version.</param>
/// <param name="find">Looks for a bundle on this machine.</param>
/// <param name="npm">The program npm.</param>
internal sealed class BundleInstaller(string cacheFolder, Func<AspireBundle?> find, string npm = "npm")
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    /// <summary>The installer of this user.</summary>
    public static BundleInstaller Default { get; } = new(CacheFolder, () => AspireBundle.Find(CacheFolder));

    private static string CacheFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "Morgan", "aspire");

    /// <summary>Finds the bundle, or gets it, saying so.</summary>
    /// <param name="output">Where to say it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DistributedApplicationException">npm is missing or failed.</exception>
    public async Task<AspireBundle> FindOrInstallAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (find() is { } found)
        {
            return found;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            // Another AppHost may be at it: it holds the lock, and what it has installed is then found.
            Directory.CreateDirectory(cacheFolder);
            await using var held = await LockAsync(deadline.Token);
            return find() ?? await InstallAsync(output, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"npm has not got Aspire's dashboard within {Deadline.TotalMinutes} minutes; try again.");
        }
    }

    private async Task<AspireBundle> InstallAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var package = $"@microsoft/aspire-cli-{Rid()}";
        await output.WriteLineAsync($"Getting Aspire's dashboard and orchestrator with npm: {package} {AspireBundle.Version} (about 120 MB, this once)...");
        var clock = Stopwatch.StartNew();
        foreach (var left in Directory.EnumerateDirectories(cacheFolder, "*.part"))
        {
            Directory.Delete(left, recursive: true); // of a start that was killed: we hold the lock
        }

        var part = Directory.CreateDirectory(Path.Combine(cacheFolder, $"{Guid.NewGuid():N}.part")).FullName;
        var installed = Path.Combine(cacheFolder, AspireBundle.Version);
        try
        {
            await NpmAsync(part, cancellationToken, "install", "--prefix", part, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error",
                $"{package}@{AspireBundle.Version}");
            RequireIntegrity(part, package);
            var cli = Path.Combine(part, "node_modules", package, "bin", OperatingSystem.IsWindows() ? "aspire.exe" : "aspire");
            await RunAsync(cli, part, cancellationToken, "setup", "--non-interactive", "--nologo", "--install-path", part);
            var unpacked = AspireBundle.Versions(Path.Combine(part, "versions")).FirstOrDefault(v => AspireBundle.In(v) is not null)
                ?? throw new DistributedApplicationException($"{package} {AspireBundle.Version} did not unpack as expected.");
            Directory.Move(unpacked, installed);
        }
        finally
        {
            Directory.Delete(part, recursive: true);
        }

        await output.WriteLineAsync($"Aspire's dashboard and orchestrator are in {installed} now ({clock.Elapsed.TotalSeconds:F0} s).");
        return AspireBundle.In(installed)!;
    }

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

    private Task NpmAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        // npm is a script, which on Windows only the shell can start
        var file = OperatingSystem.IsWindows() ? $"{npm}.cmd" : npm;
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, file))))
        {
            throw new DistributedApplicationException(
                $"npm is missing: install Node.js 20 or newer, whose npm gets Aspire's dashboard and orchestrator, or install the Aspire CLI {AspireBundle.Version}.");
        }

        return OperatingSystem.IsWindows()
            ? RunAsync("cmd.exe", folder, cancellationToken, ["/c", npm, .. arguments])
            : RunAsync(npm, folder, cancellationToken, arguments);
    }

    private static async Task RunAsync(string program, string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            // without a home of its own the tool would unpack into the user's as well
            Environment = { ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1", ["ASPIRE_HOME"] = folder },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        })!;
        using var killed = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var (standard, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            var said = $"{await error} {await standard}".ReplaceLineEndings(" ").Trim();
            throw new DistributedApplicationException($"{Path.GetFileName(program)} {arguments[0]} failed with exit code {process.ExitCode}: {said}");
        }
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(cacheFolder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(250, cancellationToken);
            }
        }
    }
}
