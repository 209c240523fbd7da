using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using Morgan.Tests.Chaos.Wire;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.State;

/// <summary>A client that leaves, where a write finds it gone before the server says so.</summary>
public sealed class ClientGoneTests
{
    private static readonly TenantOptions Limits = new() { RequestsPerMinute = 100 };

    [Fact]
    public async Task Stream_WhoseClientIsFoundGoneByAWrite_IsBookedAsWasted()
    {
        await using var store = await StateStore.StartAsync(StateStore.Garnet);
        await using var host = await SimulatedHost.StartAsync("one");
        await host.PlanAsync(new { interTokenMs = 5, tokens = 20_000 });
        await using var gateway = await RunningGateway.StartAsync(
            [host],
            builder => builder.Services.AddSingleton(Replica.Patient).AddSingleton<IStartupFilter, NeverTold>(),
            $"--ConnectionStrings:state={store.ConnectionString}", $"--Tenants:default:RequestsPerMinute={Limits.RequestsPerMinute}");
        using var leave = new CancellationTokenSource();

        var stream = RawClient.PostAsync(
            gateway.Address, "/v1/chat/completions", new Dictionary<string, string>(), Encoding.UTF8.GetBytes(RunningGateway.ChatBody(stream: true)), TimeSpan.FromSeconds(60), leave.Token);
        await Eventually.TrueAsync(async () => await host.CountAsync("tokensSent") > 3, "it has begun");
        await leave.CancelAsync();
        Assert.Equal(RawEnd.Left, (await stream).End);

        var usage = gateway.Services.GetRequiredService<TenantUsage>();
        TenantView view = null!;
        await Eventually.TrueAsync(
            async () =>
            {
                view = await usage.LookAsync("default", Limits);
                return view is { Books: "shared", Used: { RequestsInMinute: 1, Concurrent: 0 } };
            },
            "it is settled");
        var ledger = view.Models!["morgan-sim"];
        Assert.Equal((1, 0, 0), (ledger.Attempts, ledger.InputTokens, ledger.OutputTokens));
        Assert.True(ledger.WastedTokens > 0);
    }

    /// <summary>A server that does not say that the client has left.</summary>
    private sealed class NeverTold : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Features.Set<IHttpRequestLifetimeFeature>(new Deaf(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>()));
                return rest(context);
            });
            next(app);
        };
    }

    private sealed class Deaf(IHttpRequestLifetimeFeature server) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort() => server.Abort();
    }
}
