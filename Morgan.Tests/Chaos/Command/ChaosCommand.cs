namespace Morgan.Tests.Chaos.Command;

/// <summary>The chaos suite from the command line.</summary>
internal static class ChaosCommand
{
    private const string Usage =
        """
        usage: Morgan.Tests chaos COMMAND

          matrix   every fault, in every mode and topology, with every strategy
                     --strategy NAME    one strategy only
                     --fault NAME       one fault only
                     --quick            each combination with one strategy, as the test run does
                     --target URL       another gateway than the one in this build, already running or started now
                     --adapter NAME     how that one is configured: morgan, portkey, nginx or yarp
                     --config FILE      where to write its configuration (morgan, nginx, yarp)
                     --port N           hosts listen on N, N+1, N+2; N+3 is kept silent [6101]
                     --out FOLDER       for matrix.md and matrix.json [.]
          mutations  removes each fault handler once and expects the quick matrix to notice
                     --only TEXT        those whose name contains this; several texts have ; between them
          fuzz       inputs of every kind, damaged
                     --target NAME      one target only
                     --inputs N         of each [1000000]
                     --minutes N        at most for each [600]
                     --seed N           of the first input; input i has the seed N + i [1]
          soak       mixed load on processes of their own while hosts fail; fails when something grows
                     --minutes N        [60]
                     --clients N        at work at the same time [8]
                     --pause MS         of a client between two requests [10]
                     --out FOLDER       for soak.md [.]
          limits     the AppHost with several gateways, and one tenant that asks for more than its 600 requests a minute
                     --minutes N        [10]
                     --replicas N       of the gateway [3]
                     --clients N        at work at the same time [12]
                     --pause MS         of a client that was refused [100]
        """;

    /// <summary>Runs a command. 0: nothing was wrong; 1: something was; 2: the command line is.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["matrix", .. var rest]:
                    return await MatrixCommand.RunAsync(rest);
                case ["mutations", .. var rest]:
                    return await MutationCommand.RunAsync(rest);
                case ["fuzz", .. var rest]:
                    return await FuzzCommand.RunAsync(rest);
                case ["soak", .. var rest]:
                    return await SoakCommand.RunAsync(rest);
                case ["limits", .. var rest]:
                    return await LimitsCommand.RunAsync(rest);
                case ["press", .. var rest]: // started by tests
                    return await PressCommand.RunAsync(rest);
                default:
                    Console.Error.WriteLine(Usage);
                    return 2;
            }
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 2;
        }
    }
}
