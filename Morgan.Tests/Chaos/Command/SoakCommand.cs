using Morgan.Tests.Chaos.Soak;

namespace Morgan.Tests.Chaos.Command;

/// <summary><c>chaos soak</c></summary>
internal static class SoakCommand
{
    private const double Hour = 60;
    private const int Clients = 8;
    private const double PauseMs = 10;

    /// <summary>Soaks. 1: something grew, or a request ended as it must not.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--minutes", "--clients", "--pause", "--out");
        var folder = Directory.CreateDirectory(arguments.Text("--out") ?? ".").FullName;
        await using var report = new StringWriter();
        var wrong = await new SoakRun(
            TimeSpan.FromMinutes(arguments.Number("--minutes", Hour)), (int)arguments.Number("--clients", Clients),
            TimeSpan.FromMilliseconds(arguments.Number("--pause", PauseMs))).RunAsync(report);
        await File.WriteAllTextAsync(Path.Combine(folder, "soak.md"), report.ToString());
        Console.WriteLine(report);
        return wrong.Count == 0 ? 0 : 1;
    }
}
