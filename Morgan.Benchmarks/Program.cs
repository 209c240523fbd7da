using Morgan.Benchmarks;
using Morgan.Benchmarks.Upstreams;

try
{
    switch (args)
    {
        case ["upstreams"]:
            PickBenchmark.Run(Console.Out);
            return 0;
        case [var first, ..] when !first.StartsWith('-'):
            var options = BenchmarkOptions.Parse(args);
            await SuiteRunner.RunAsync(Suites.Find(options.Names), options, Console.Out, CancellationToken.None);
            return 0;
        default:
            Console.Error.WriteLine(
                $"usage: Morgan.Benchmarks SUITE… [--report] [--shared DIRECTORY] [--package DIRECTORY]\nsuites: {string.Join(", ", Suites.Names)}, upstreams");
            return 2;
    }
}
catch (BenchmarkException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
