using Morgan.Benchmarks.Model;
using Morgan.Benchmarks.Tokenizers;
using Morgan.Benchmarks.Upstreams;

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
    case ["upstreams"]:
        PickBenchmark.Run(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: Morgan.Benchmarks embedding [--package DIRECTORY] | tokenizers SHARED | upstreams");
        return 2;
}
