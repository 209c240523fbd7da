using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Morgan.CacheServer;

/// <summary>The cache as a process: from its command line to its exit code.</summary>
internal static class CacheProcess
{
    // Nothing in memory is worth more time than this.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(1.5);

    /// <summary>Runs until SIGTERM, SIGINT (Ctrl+C) or SIGQUIT.</summary>
    /// <returns>0, or 1 after one line on standard error that names the key to change.</returns>
    public static int Run(string[] args)
    {
        using var stop = new ManualResetEventSlim();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);
        using var loggers = LoggerFactory.Create(logging => logging
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddFilter((category, level) => level >= (category!.StartsWith("Morgan.", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Error)));
        var logger = loggers.CreateLogger(typeof(CacheProcess));
        try
        {
            var options = CacheOptionsReader.Read(new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build());
            var cache = RunningCache.Start(options, loggers);
            Log.Ready(logger, options.Address, options.Port, options.MaxMemoryBytes >> 20, options.Password is null ? "no password" : "password set");
            stop.Wait();
            return Task.Run(cache.Dispose).Wait(LongestStop) ? 0 : Abandon(logger);
        }
        catch (Exception e) when (e is StartException or FormatException)
        {
            Console.Error.WriteLine($"Morgan: {e.Message}");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Set();
        }
    }

    private static int Abandon(ILogger logger)
    {
        Log.StopAbandoned(logger, LongestStop.TotalSeconds);
        Environment.Exit(0);
        return 0;
    }
}
