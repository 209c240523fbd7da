using System.Text.RegularExpressions;
using Aspire.Hosting.Testing;
using Morgan.Tests.AppHost;

namespace Morgan.Tests.Docs;

/// <summary>What README and docs tell people to type works: every <c>sh</c> block that calls a running Morgan is run.</summary>
[Collection(typeof(MorganAppCollection))]
public sealed partial class CommandTests(MorganApp morgan)
{
    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md"))
            .Where(page => Commands(page).Any()).Select(page => Path.GetRelativePath(Repository.Root, page))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_CurlCommands_Succeed(string page)
    {
        DocumentedCommand.RequireShell();
        foreach (var command in Commands(Path.Combine(Repository.Root, page)))
        {
            await DocumentedCommand.RunAsync(WithAddresses(command));
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
                    $"{Path.GetFileName(page)}: this block needs a program that tests cannot run, or has a mark other than \"not-run: reason\" and \"walk-through\":\n{text}");
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

    [GeneratedRegex(@"^```sh([^\n]*)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex AnyShellBlock();

    [GeneratedRegex(@"^(azd|aspire|docker|podman|helm|kubectl|az)\s", RegexOptions.Multiline)]
    private static partial Regex ForeignProgram();

    [GeneratedRegex(@"^ (not-run: \S+( \S+)+|walk-through)$")]
    private static partial Regex Reason();

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
