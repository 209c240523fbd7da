using Morgan.Benchmarks;
using Morgan.Benchmarks.Gateway.Servers;

try
{
    switch (args)
    {
        case ["serve", var kind]:
            await ServeCommand.RunAsync(kind, host: null);
            return 0;
        case ["serve", var kind, var host]:
            await ServeCommand.RunAsync(kind, new Uri(host));
            return 0;
        case [var first, ..] when !first.StartsWith('-'):
            var options = BenchmarkOptions.Parse(args);
            return await SuiteRunner.RunAsync(Suites.Find(options.Names), options, Console.Out, CancellationToken.None) ? 0 : 1;
        default:
            Console.Error.WriteLine(
                $"usage: Morgan.Benchmarks SUITE… [--report] [--compare] [--shared DIRECTORY] [--package DIRECTORY]\nsuites: {string.Join(", ", Suites.Names)}");
            return 2;
    }
}
catch (BenchmarkException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
