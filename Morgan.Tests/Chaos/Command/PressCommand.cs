using System.Diagnostics;
using System.Globalization;
using Morgan.LlmService.Admission;
using Morgan.Tests.State;

namespace Morgan.Tests.Chaos.Command;

/// <summary>
/// <c>chaos press</c>: one of several processes that use the limits of one tenant, as fast as they can. Says of each request
/// whether it was granted, and between which two timestamps: they are of one clock for all processes of a machine.
/// </summary>
internal static class PressCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--store", "--requests", "--tokens", "--window", "--seconds");
        var limits = new TenantOptions { RequestsPerMinute = (int)arguments.Number("--requests", 0), TokensPerMinute = (int)arguments.Number("--tokens", 0) };
        var times = Replica.Patient with { Window = TimeSpan.FromSeconds(arguments.Number("--window", 1)) };
        var grants = new Grants();
        await using (var replica = await Replica.StartAsync(arguments.Text("--store")!, limits, times))
        {
            Console.WriteLine("ready");
            await Console.In.ReadLineAsync(CancellationToken.None);
            var end = Stopwatch.GetTimestamp() + (long)(arguments.Number("--seconds", 1) * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < end)
            {
                if (!await grants.AddAsync(() => replica.UseAsync(tokens: 10, used: 10)))
                {
                    await Task.Delay(1, CancellationToken.None);
                }
            }
        }

        foreach (var (isGranted, asked, answered) in grants.All)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(isGranted ? "granted" : "refused")} {asked} {answered}"));
        }

        return 0;
    }
}
