using System.Diagnostics;
using System.Globalization;

namespace Morgan.Tests.State;

/// <summary>One bucket for processes that have nothing in common but the store.</summary>
public sealed class ProcessesTests
{
    private const int Processes = 8;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(StateStore.Redis, 300, 0)]
    [InlineData(StateStore.Redis, 2000, 5000)]
    [InlineData(StateStore.Garnet, 7, 0)]
    public async Task EightProcesses_HammeringOneBucket_NeverExceedItInAnyWindow(string kind, int requests, int tokens)
    {
        await using var store = await StateStore.StartAsync(kind);
        var processes = Enumerable.Range(0, Processes).Select(_ => Start(store.ConnectionString, requests, tokens)).ToArray();
        var grants = new Grants();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            foreach (var process in processes)
            {
                Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(deadline.Token));
            }

            foreach (var process in processes)
            {
                await process.StandardInput.WriteLineAsync("go");
                await process.StandardInput.FlushAsync(deadline.Token);
            }

            var said = await Task.WhenAll(processes.Select(process => process.StandardOutput.ReadToEndAsync(deadline.Token)));
            Assert.All(said, Assert.NotEmpty);
            foreach (var line in said.SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
            {
                var parts = line.Split(' ');
                grants.Add(parts[0] == "granted", long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
            }
        }
        finally
        {
            foreach (var process in processes)
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }

                process.Dispose();
            }
        }

        var limit = Math.Min(requests, tokens == 0 ? int.MaxValue : tokens / 10);
        Assert.InRange(grants.MostWithin(Window), 1, limit);
        Assert.InRange(grants.Count, limit, int.MaxValue);
    }

    private static Process Start(string store, int requests, int tokens)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Morgan.Tests"))
        {
            ArgumentList = { "chaos", "press", "--store", store, "--requests", $"{requests}", "--tokens", $"{tokens}", "--window", "1", "--seconds", "3" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }
}
