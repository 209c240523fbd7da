using System.Diagnostics;
using Aspire.Hosting.Testing;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Docs;

/// <summary>The samples run against a running Morgan, as their first lines say.</summary>
[Collection(typeof(MorganAppCollection))]
public sealed class SampleTests(MorganApp morgan)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private string Gateway => morgan.App.GetEndpoint("llm").ToString();

    [Fact]
    public async Task Chat_AskedTwice_SaysWhoAnswered()
    {
        var said = await RunAsync("Morgan.Samples.Chat", Gateway, "morgan-sim", "2");

        Assert.Equal(2, said.Split('\n').Count(line => line.Contains("[sim-", StringComparison.Ordinal) && line.Contains("attempts: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Retrieval_OverTheDocs_FindsThePageThatAnswers()
    {
        var said = await RunAsync(
            "Morgan.Samples.Retrieval", Path.Combine(Repository.Root, "docs"), "Which alert tells that a circuit breaker is open?", Gateway, "morgan-sim");

        Assert.Contains("operations.md", said.Split('\n')[0] + said.Split('\n')[1] + said.Split('\n')[2], StringComparison.Ordinal);
        Assert.True(said.TrimEnd().Split('\n').Length >= 5, said);
    }

    [Fact]
    public void Samples_AreShort() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "Program.cs", SearchOption.AllDirectories),
        file => Assert.InRange(File.ReadAllLines(file).Length, 10, 100));

    private static async Task<string> RunAsync(string sample, params string[] args)
    {
        var bin = Path.GetRelativePath(Path.Combine(Repository.Root, "Morgan.Tests"), AppContext.BaseDirectory);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(Repository.Root, "samples", sample, bin, sample + ".dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        using var killed = deadline.Token.Register(() => process.Kill(entireProcessTree: true));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.True(process.ExitCode == 0, $"{await output}\n{await error}");
        return await output;
    }
}
