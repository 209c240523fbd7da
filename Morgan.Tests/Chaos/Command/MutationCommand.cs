using System.Diagnostics;
using Morgan.Tests.Chaos.Mutations;

namespace Morgan.Tests.Chaos.Command;

/// <summary>
/// <c>chaos mutations</c>: removes one fault handler after the other from a copy of the sources, builds, and runs the
/// quick matrix, or the tests of the fault, against the result. A handler whose removal nobody notices is not proven.
/// </summary>
internal static class MutationCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestTests = TimeSpan.FromMinutes(4);

    /// <summary>Runs it. 1: a removal went unseen, or its text is no longer in the sources.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--only");
        var work = Directory.CreateTempSubdirectory("morgan-mutations-").FullName;
        var unseen = 0;
        try
        {
            var (sources, program) = (Path.Combine(work, "sources"), Path.Combine(work, "program"));
            await CopyAsync(sources, program);
            Console.WriteLine("| removed | seen |\n|---|---|");
            var only = arguments.Text("--only")?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (var mutation in Handlers.All.Concat(ReportedFaults.All).Where(mutation => only is null || only.Any(text => mutation.Name.Contains(text, StringComparison.Ordinal))))
            {
                var seen = await TryAsync(mutation, sources, program);
                unseen += seen is null ? 1 : 0;
                Console.WriteLine($"| {mutation.Name} | {seen ?? "**nothing**"} |");
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        return unseen == 0 ? 0 : 1;
    }

    // What the matrix said; null: nothing.
    private static async Task<string?> TryAsync(Mutation mutation, string sources, string program)
    {
        var file = Path.Combine(sources, mutation.File);
        var text = await File.ReadAllTextAsync(file);
        if (text.Split(mutation.Before).Length != 2)
        {
            throw new FormatException($"'{mutation.Name}': its text is not in {mutation.File} exactly once; bring the list up to date");
        }

        await File.WriteAllTextAsync(file, text.Replace(mutation.Before, mutation.After, StringComparison.Ordinal));
        try
        {
            await BuildAsync(sources, program);
            return await (mutation.Tests is { } tests ? TestAsync(program, tests) : MatrixAsync(program));
        }
        finally
        {
            await File.WriteAllTextAsync(file, text);
        }
    }

    private static async Task<string?> MatrixAsync(string program)
    {
        var (code, output) = await RunAsync(Path.Combine(program, "Morgan.Tests"), program, "chaos", "matrix", "--quick", "--out", program);
        return code == 0 ? null : output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
    }

    private static async Task<string?> TestAsync(string program, string tests)
    {
        using var deadline = new CancellationTokenSource(LongestTests);
        try
        {
            var (code, output) = await RunAsync(Path.Combine(program, "Morgan.Tests"), program, deadline.Token, "-method", tests, "-noColor");
            return code == 0 ? null : string.Join(", ", output.Split('\n').Select(line => line.Trim()).Where(line => line.EndsWith("[FAIL]", StringComparison.Ordinal)).Select(Method).Distinct());
        }
        catch (OperationCanceledException)
        {
            return "a test without an end";
        }
    }

    // "Morgan.Tests.X.Subject_Condition_Result(argument: "a.b") [FAIL]"
    private static string Method(string line) => line.Split('(', ' ')[0].Split('.')[^1];

    private static async Task CopyAsync(string sources, string program)
    {
        Copy(AppContext.BaseDirectory, program);
        var (_, files) = await RunAsync("git", Repository.Root, "ls-files", "--cached", "--others", "--exclude-standard");
        foreach (var file in files.Split('\n', StringSplitOptions.RemoveEmptyEntries).Append("artifacts/aspire-feed.props"))
        {
            if (Path.Combine(Repository.Root, file) is var from && File.Exists(from))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(sources, file))!);
                File.Copy(from, Path.Combine(sources, file));
            }
        }
    }

    private static async Task BuildAsync(string sources, string program)
    {
        var (code, output) = await RunAsync("dotnet", sources, "build", "Morgan.LlmService", "-v", "quiet", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false");
        if (code != 0)
        {
            throw new FormatException($"the mutant does not compile:\n{output}");
        }

        foreach (var name in new[] { "Morgan.LlmService.dll", "Morgan.Upstreams.dll" })
        {
            var built = Directory.GetFiles(Path.Combine(sources, "Morgan.LlmService", "bin"), name, SearchOption.AllDirectories).Single();
            File.Copy(built, Path.Combine(program, name), overwrite: true);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string folder, params string[] arguments)
    {
        using var deadline = new CancellationTokenSource(Longest);
        return await RunAsync(program, folder, deadline.Token, arguments);
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output.Length > 0 ? output : await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
