using System.Diagnostics;
using System.Text.RegularExpressions;
using Aspire.Hosting.Testing;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Docs;

/// <summary>What README and docs tell people to type works: every <c>sh</c> block that calls a running Morgan is run.</summary>
[Collection(typeof(MorganAppCollection))]
public sealed partial class CommandTests(MorganApp morgan)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md"))
            .Where(page => Commands(page).Any()).Select(page => Path.GetRelativePath(Repository.Root, page))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_CurlCommands_Succeed(string page)
    {
        Assert.SkipUnless(File.Exists("/bin/sh") && File.Exists("/usr/bin/curl"), "there is no shell with curl");
        foreach (var command in Commands(Path.Combine(Repository.Root, page)))
        {
            var (exitCode, said) = await RunAsync(WithAddresses(command));

            Assert.True(exitCode == 0, $"{command}\n{said}");
        }
    }

    // ```sh not-run: needs a cluster … ```
    [Fact]
    public void Block_OfAProgramThatIsNotHere_SaysWhyItIsNotRun()
    {
        foreach (var page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Repository.Root, "README.md")))
        {
            foreach (Match block in AnyShellBlock().Matches(File.ReadAllText(page)))
            {
                var (mark, text) = (block.Groups[1].Value, block.Groups[2].Value);
                Assert.True(
                    mark.Length == 0 ? !ForeignProgram().IsMatch(text) : Reason().IsMatch(mark),
                    $"{Path.GetFileName(page)}: this block needs a program that tests cannot run, or has a mark other than \"not-run: reason\":\n{text}");
            }
        }
    }

    // ```sh … curl http://localhost:5080/… ```
    private static IEnumerable<string> Commands(string page) =>
        ShellBlock().Matches(File.ReadAllText(page)).Select(block => block.Groups[1].Value).Where(block => block.Contains("curl ", StringComparison.Ordinal));

    // the application of the tests has ports of its own
    private string WithAddresses(string command) => command
        .Replace("http://localhost:5080", Address("llm"), StringComparison.Ordinal)
        .Replace("http://localhost:5090", Address("embedding"), StringComparison.Ordinal);

    private string Address(string resource) => morgan.App.GetEndpoint(resource).ToString().TrimEnd('/');

    private static async Task<(int ExitCode, string Said)> RunAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "set -e\ncurl() { command /usr/bin/curl --fail-with-body --max-time 50 \"$@\"; }\n" + command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await Task.WhenAll(shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync())
            .WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (shell.ExitCode, said[0] + (shell.ExitCode == 0 ? "" : said[1]));
    }

    [GeneratedRegex(@"^```sh([^\n]*)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex AnyShellBlock();

    [GeneratedRegex(@"^(azd|aspire|docker|podman|helm|kubectl|az)\s", RegexOptions.Multiline)]
    private static partial Regex ForeignProgram();

    [GeneratedRegex(@"^ not-run: \S+( \S+)+$")]
    private static partial Regex Reason();

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
