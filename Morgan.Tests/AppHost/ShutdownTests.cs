namespace Morgan.Tests.AppHost;

/// <summary>In the collection of the shared application only so that the two do not start at the same time.</summary>
[Collection(typeof(MorganAppCollection))]
public sealed class ShutdownTests
{
    private static readonly string[] Programs =
        ["Morgan.CacheServer", "Morgan.EmbeddingService", "Morgan.LlmService", "Morgan.LlmSimulator"];

    [Theory]
    [InlineData("TERM", 10)]
    [InlineData("INT", 10)]
    [InlineData("KILL", 15)]
    public async Task AppHost_OnSignal_LeavesNoProcessBehind(string signal, int seconds)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are counted by way of /proc");
        await using var program = AppHostProgram.Start(MorganApp.Args("--DcpPublisher:RandomizePorts=true"));
        var started = Eventually.TrueAsync(
            () => Programs.All(name => program.Living().Exists(command => command.Contains(name + ".dll", StringComparison.Ordinal))),
            "all services are started",
            TimeSpan.FromSeconds(120));
        if (await Task.WhenAny(started, program.Error) == program.Error)
        {
            Assert.SkipWhen((await program.Error).Contains("npm", StringComparison.Ordinal), await program.Error);
        }

        await started;

        program.Signal(signal);

        await Eventually.TrueAsync(() => program.Living().Count == 0, $"nothing is left {seconds} s after {signal}", TimeSpan.FromSeconds(seconds));
        Assert.Equal(signal == "KILL" ? 137 : 0, await program.ExitAsync(TimeSpan.FromSeconds(1)));
    }
}
