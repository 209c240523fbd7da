using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Morgan.Hosting.Dashboard.Contract;
using Morgan.Hosting.Running;

namespace Morgan.Hosting.Dashboard;

/// <summary>Answers the dashboard: the resources and their states, their console output, commands.</summary>
internal sealed class ResourceService(AppRunner runner, ResourceNotificationService notifications, IHostEnvironment environment) : DashboardService.DashboardServiceBase
{
    public override Task<ApplicationInformationResponse> GetApplicationInformation(ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = environment.ApplicationName });

    public override async Task WatchResources(
        WatchResourcesRequest request, IServerStreamWriter<WatchResourcesUpdate> responseStream, ServerCallContext context)
    {
        var isFirst = true;
        await foreach (var batch in notifications.WatchBatchesAsync(context.CancellationToken))
        {
            var resources = batch.Where(e => e.Resource is not DashboardResource).Select(ResourceMessage.Of);
            var update = new WatchResourcesUpdate();
            if (isFirst)
            {
                (isFirst, update.InitialData) = (false, new InitialResourceData { Resources = { resources } });
            }
            else
            {
                update.Changes = new ResourceChanges { Value = { resources.Select(r => new ResourceChange { Upsert = r }) } };
            }

            await responseStream.WriteAsync(update, context.CancellationToken);
        }
    }

    public override async Task WatchResourceConsoleLogs(
        WatchResourceConsoleLogsRequest request, IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream, ServerCallContext context)
    {
        var replica = runner.Find(request.ResourceName) ?? throw new RpcException(new Status(StatusCode.NotFound, $"no resource {request.ResourceName}"));
        var lines = Channel.CreateBounded<ConsoleLogLine>(256);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var readers = Task.WhenAll(ReadAsync("stdout"), ReadAsync("stderr"));
        var finished = readers.ContinueWith(_ => lines.Writer.Complete(), TaskScheduler.Default);
        try
        {
            var number = 0;
            await foreach (var line in lines.Reader.ReadAllAsync(context.CancellationToken))
            {
                line.LineNumber = ++number;
                await responseStream.WriteAsync(new WatchResourceConsoleLogsUpdate { LogLines = { line } }, context.CancellationToken);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await finished;
        }

        async Task ReadAsync(string source)
        {
            await using var log = await runner.OpenLogAsync(replica, source, !request.SuppressFollow, stop.Token);
            using var reader = new StreamReader(log ?? Stream.Null);
            while (await reader.ReadLineAsync(stop.Token) is { } text)
            {
                await lines.Writer.WriteAsync(new ConsoleLogLine { Text = text, IsStdErr = source == "stderr" }, stop.Token);
            }
        }
    }

    public override async Task<ResourceCommandResponse> ExecuteResourceCommand(ResourceCommandRequest request, ServerCallContext context)
    {
        if (runner.Find(request.ResourceName) is not { } replica || !Replica.RunsAsProcess(replica.Resource))
        {
            return new() { Kind = CommandResult.Failed, Message = $"no resource {request.ResourceName}" };
        }

        if (replica.Resource.Annotations.OfType<HttpCommandAnnotation>().FirstOrDefault(c => c.Name == request.CommandName) is { } own)
        {
            return await own.ExecuteAsync(replica.Id, context.CancellationToken) is { } reason
                ? new() { Kind = CommandResult.Failed, Message = reason }
                : new() { Kind = CommandResult.Succeeded };
        }

        try
        {
            await ExecuteAsync(replica, request.CommandName, context.CancellationToken);
            return new() { Kind = CommandResult.Succeeded };
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException or ArgumentException)
        {
            return new() { Kind = CommandResult.Failed, Message = problem.Message };
        }
    }

    /// <summary>Stays open and asks nothing. Without it the dashboard, when it learns so a moment late, forgets the resources it had got and never lists them.</summary>
    public override async Task WatchInteractions(
        IAsyncStreamReader<InteractionAnswer> requestStream, IServerStreamWriter<Interaction> responseStream, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync([]);
        await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ExecuteAsync(Replica replica, string command, CancellationToken cancellationToken)
    {
        if (command is not ("start" or "stop" or "restart"))
        {
            throw new ArgumentException($"no command {command}");
        }

        if (command != "start")
        {
            await replica.StopAsync(cancellationToken);
        }

        if (command != "stop")
        {
            await replica.StartAsync(cancellationToken);
        }
    }
}
