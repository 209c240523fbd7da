using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Morgan.Tests.AppHost;

/// <summary>All of Morgan as the AppHost starts it, with the dashboard, on random ports: started once for all tests that only look.</summary>
public sealed class MorganApp : IAsyncLifetime
{
    /// <summary>The resources, each with a health check of its own.</summary>
    public static readonly string[] Names = ["cache", "embedding", "llm", "sim-fast", "sim-medium", "sim-slow"];

    private static readonly TimeSpan HealthDeadline = TimeSpan.FromMinutes(4);
    private DistributedApplication? _app;
    private string? _missing;

    /// <summary>The running application, with two replicas of the embedding service; the test is skipped where it cannot be started.</summary>
    public DistributedApplication App
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _app!;
        }
    }

    /// <summary>The command line of an AppHost whose topology does not depend on the machine.</summary>
    public static string[] Args(params string[] more) =>
    [
        "--Morgan:LlmHosts=simulator", "--Morgan:Cache=embedded",
        $"--Morgan:ConfigFile={Path.Combine(Path.GetTempPath(), $"no-{Guid.NewGuid():N}.json")}", .. more,
    ];

    /// <summary>Whether the application could not be started for want of what only npm can get.</summary>
    public static bool IsMissing(DistributedApplicationException problem) => problem.Message.Contains("npm", StringComparison.Ordinal);

    public async ValueTask InitializeAsync()
    {
        using var deadline = new CancellationTokenSource(HealthDeadline);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Morgan_AppHost>(
            Args("--Morgan:Replicas:Embedding=2"), (options, _) => options.DisableDashboard = false, deadline.Token);
        builder.Services.AddLogging(log => log.AddFilter("Aspire.Hosting", LogLevel.Warning));
        _app = await builder.BuildAsync(deadline.Token);
        try
        {
            await _app.StartAsync(deadline.Token);
        }
        catch (DistributedApplicationException problem) when (IsMissing(problem))
        {
            _missing = problem.Message;
            return;
        }

        foreach (var name in Names)
        {
            try
            {
                await _app.ResourceNotifications.WaitForResourceHealthyAsync(name, deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"{name} is not healthy {HealthDeadline.TotalSeconds} s after the start");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
