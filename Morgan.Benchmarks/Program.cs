using Morgan.Benchmarks.Model;
using Morgan.Benchmarks.Tokenizers;

switch (args)
{
    case ["embedding"]:
        await ModelBenchmark.RunAsync(packageFolder: null, Console.Out, CancellationToken.None);
        return 0;
    case ["embedding", "--package", var folder]:
        await ModelBenchmark.RunAsync(folder, Console.Out, CancellationToken.None);
        return 0;
    case ["tokenizers", var shared]:
        TokenizerBenchmark.Run(shared, Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: Morgan.Benchmarks embedding [--package DIRECTORY] | tokenizers SHARED");
        return 2;
}
