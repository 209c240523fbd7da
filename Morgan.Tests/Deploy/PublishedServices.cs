using System.Diagnostics;

namespace Morgan.Tests.Deploy;

/// <summary>What goes into the images: both services, published once into a folder that nobody may write.</summary>
public sealed class PublishedServices : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("morgan-published-");

    public async ValueTask InitializeAsync()
    {
        foreach (var project in new[] { "Morgan.LlmService", "Morgan.EmbeddingService" })
        {
            var (exitCode, said) = await DotnetAsync("publish", "--no-build", "-c", Configuration, "-o", Folder(project), Path.Combine(Repository.Root, project));
            Assert.True(exitCode == 0, said);
        }

        if (!OperatingSystem.IsWindows())
        {
            Protect(_folder.FullName);
        }
    }

    public string Folder(string project) => Path.Combine(_folder.FullName, project);

    /// <summary>The names of all files.</summary>
    public IReadOnlyList<string> Files() => [.. Directory.EnumerateFileSystemEntries(_folder.FullName, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public ValueTask DisposeAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            foreach (var folder in Directory.EnumerateDirectories(_folder.FullName, "*", SearchOption.AllDirectories).Prepend(_folder.FullName))
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs the .NET SDK.</summary>
    internal static async Task<(int ExitCode, string Said)> DotnetAsync(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var deadline = new CancellationTokenSource(Deadline);
        using var killed = deadline.Token.Register(() => process.Kill(entireProcessTree: true));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, await output + await error);
    }

    // …/bin/standin/Debug/net10.0
    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Protect(string root)
    {
        const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Enter = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(file, Read);
        }

        foreach (var folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Append(root))
        {
            File.SetUnixFileMode(folder, Read | Enter);
        }
    }
}
