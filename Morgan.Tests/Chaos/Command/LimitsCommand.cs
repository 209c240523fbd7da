using Morgan.Tests.Chaos.Tenants;

namespace Morgan.Tests.Chaos.Command;

/// <summary><c>chaos limits</c></summary>
internal static class LimitsCommand
{
    private const double TenMinutes = 10;
    private const int Replicas = 3;
    private const int Clients = 12;
    private const double PauseMs = 100;

    /// <summary>Presses a tenant against its limit. 1: it got more, or was refused while it had less.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--minutes", "--replicas", "--clients", "--pause");
        var wrong = await new LimitsRun(
            TimeSpan.FromMinutes(arguments.Number("--minutes", TenMinutes)), (int)arguments.Number("--replicas", Replicas),
            (int)arguments.Number("--clients", Clients), TimeSpan.FromMilliseconds(arguments.Number("--pause", PauseMs))).RunAsync(Console.Out);
        foreach (var problem in wrong)
        {
            Console.WriteLine($"WRONG: {problem}");
        }

        return wrong.Count == 0 ? 0 : 1;
    }
}
