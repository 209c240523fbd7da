using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Morgan.AppHost.Preflight;

/// <summary>Looks for a container runtime that works: a client without its daemon is common.</summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    /// <summary>Whether Docker or Podman (the one that <c>ASPIRE_CONTAINER_RUNTIME</c> names, if it does) answers within 3 s.</summary>
    public static async Task<bool> IsHealthyAsync(IConfiguration configuration)
    {
        string[] runtimes = configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } named ? [named] : ["docker", "podman"];
        var answers = await Task.WhenAll(runtimes.Select(AnswersAsync));
        return answers.Contains(true);
    }

    private static async Task<bool> AnswersAsync(string runtime)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(runtime, ["info"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var killed = deadline.Token.Register(() => process.Kill(entireProcessTree: true));
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, deadline.Token),
                process.StandardError.BaseStream.CopyToAsync(Stream.Null, deadline.Token),
                process.WaitForExitAsync(deadline.Token));
            return process.ExitCode == 0;
        }
        catch (Exception problem) when (problem is Win32Exception or OperationCanceledException)
        {
            return false;
        }
    }
}
