namespace Morgan.Tests;

/// <summary>The folder of shared fixtures: the environment variable MORGAN_SHARED, else ../shared beside the repository.</summary>
internal static class Shared
{
    private static readonly string? Root = Find();

    /// <summary>The path of a shared fixture, or the running test is skipped, saying what is missing.</summary>
    public static string Path(string relative)
    {
        var path = Root is null ? null : System.IO.Path.Combine(Root, relative);
        Assert.SkipWhen(path is null || !(File.Exists(path) || Directory.Exists(path)),
            $"shared fixture {relative} is not here (set MORGAN_SHARED)");
        return path;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MORGAN_SHARED") is { Length: > 0 } configured)
        {
            return configured;
        }

        var shared = System.IO.Path.Combine(Repository.Root, "..", "shared");
        return Directory.Exists(shared) ? System.IO.Path.GetFullPath(shared) : null;
    }
}
