using Morgan.Tests.Chaos.Command;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Morgan.Tests;

/// <summary>Runs the tests, or, with <c>chaos</c> as the first argument, a part of the chaos suite at full length.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) =>
        args is ["chaos", .. var rest] ? ChaosCommand.RunAsync(rest)
        : args.Any(arg => arg is "--server" or "--internal-msbuild-node") ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
        : ConsoleRunner.Run(args);
}
