using System.Diagnostics;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.LlmService.Clients;

/// <summary>The npm package <c>openai</c>, in the exact version of npm/package.json.</summary>
public sealed class NpmClientTests
{
    private static readonly TimeSpan InstallDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan TalkDeadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Conversation_WithToolsAndPictures_IsByteForByteWhatTheHostSaysDirectly()
    {
        var source = Path.Combine(Repository.Root, "Morgan.Tests", "LlmService", "Clients", "npm");
        var folder = Directory.CreateTempSubdirectory("morgan-npm-");
        try
        {
            foreach (var file in Directory.GetFiles(source))
            {
                File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            }

            var (installed, _, problem) = await RunAsync(
                folder.FullName, InstallDeadline, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock");
            Assert.SkipUnless(installed, $"npm could not install openai: {problem}");
            var (hasNode, _, nodeProblem) = await RunAsync(folder.FullName, TalkDeadline, "node", "--version");
            Assert.SkipUnless(hasNode, $"node cannot be run: {nodeProblem}");
            await using var host = await ConversationHost.StartAsync();
            await using var gateway = await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=s", $"--Llm:Hosts:0:Url={host.Address}v1");

            var direct = await TalkAsync(folder.FullName, host.Address);
            var sent = host.Bodies.ToArray();
            host.Bodies.Clear();
            var through = await TalkAsync(folder.FullName, gateway.Address);

            Assert.Equal(3, direct.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Contains("Köln", direct, StringComparison.Ordinal);
            Assert.Equal(direct, through);
            Assert.Equal(3, sent.Length);
            Assert.Equal(sent, host.Bodies);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> TalkAsync(string folder, Uri address)
    {
        var (ok, output, problem) = await RunAsync(folder, TalkDeadline, "node", "conversation.mjs", new Uri(address, "/v1").AbsoluteUri);
        Assert.True(ok, problem);
        return output;
    }

    private static async Task<(bool Ok, string Output, string Problem)> RunAsync(string folder, TimeSpan deadline, string program, params string[] args)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() && program == "npm" ? "npm.cmd" : program, args)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (false, "", $"{program}: {e.Message}");
        }

        using (process)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            timeout.CancelAfter(deadline);
            var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            try
            {
                await process.WaitForExitAsync(timeout.Token);
                return (process.ExitCode == 0, await output, await error);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return (false, "", $"{program} did not end within {deadline.TotalSeconds:0} s");
            }
        }
    }
}
