namespace Morgan.Sbom;

/// <summary>The command line: <c>--assets FILE --name NAME --version VERSION --output FILE [--runtime RID]</c>.</summary>
internal static class SbomCommand
{
    private static readonly string[] Known = ["--assets", "--name", "--version", "--output", "--runtime"];

    /// <summary>Runs it.</summary>
    /// <returns>0, or 1 after one line that says what was wrong.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter error)
    {
        try
        {
            var given = Parse(args);
            var components = AssetsFile.Read(Need(given, "--assets"), Need(given, "--name"), Need(given, "--version"), given.GetValueOrDefault("--runtime"));
            File.WriteAllBytes(Need(given, "--output"), CycloneDx.Write(components));
            return 0;
        }
        catch (Exception e) when (e is SbomException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"sbom: {e.Message}");
            return 1;
        }
    }

    private static Dictionary<string, string> Parse(IReadOnlyList<string> args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!Known.Contains(args[i]) || i + 1 == args.Count)
            {
                throw new SbomException($"'{args[i]}': expected {string.Join(", ", Known)}, each with a value");
            }

            given[args[i]] = args[i + 1];
        }

        return given;
    }

    private static string Need(Dictionary<string, string> given, string name) =>
        given.GetValueOrDefault(name) ?? throw new SbomException($"{name} is missing");
}
