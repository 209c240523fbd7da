using Morgan.Benchmarks.Model;

switch (args)
{
    case ["embedding"]:
        await ModelBenchmark.RunAsync(packageFolder: null, Console.Out, CancellationToken.None);
        return 0;
    case ["embedding", "--package", var folder]:
        await ModelBenchmark.RunAsync(folder, Console.Out, CancellationToken.None);
        return 0;
    default:
        Console.Error.WriteLine("usage: Morgan.Benchmarks embedding [--package DIRECTORY]");
        return 2;
}
