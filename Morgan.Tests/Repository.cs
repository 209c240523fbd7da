namespace Morgan.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Morgan.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Morgan.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no Morgan.sln above {AppContext.BaseDirectory}");
    }
}
