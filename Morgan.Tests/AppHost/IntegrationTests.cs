using System.ClientModel;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Morgan.Tests.Client;

namespace Morgan.Tests.AppHost;

/// <summary>Somebody else's AppHost with Morgan in it: the sample.</summary>
public sealed class IntegrationTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task SampleAppHost_ItsPrograms_FindMorganByTheConnectionString()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Morgan_Samples_AppHost>([], deadline.Token);
        await using var app = await builder.BuildAsync(deadline.Token);
        try
        {
            await app.StartAsync(deadline.Token);
        }
        catch (DistributedApplicationException problem) when (MorganApp.IsMissing(problem))
        {
            Assert.Skip(problem.Message);
        }

        // the chat program starts once Morgan is healthy, and its first question reaches the host through the gateway
        await app.ResourceNotifications.WaitForResourceHealthyAsync("morgan", deadline.Token);
        using var simulator = app.CreateHttpClient("simulator");
        await Eventually.TrueAsync(async () =>
            (await simulator.GetFromJsonAsync<JsonElement>("/simulator/stats", deadline.Token)).GetProperty("requests").GetInt64() > 0,
            "a question of the chat program",
            Deadline);

        var connection = await app.GetConnectionStringAsync("morgan", deadline.Token);
        using var client = RunningClient.Create(application => application.AddMorganClient("morgan"), $"ConnectionStrings:morgan={connection}");
        Assert.NotEmpty((await client.Chat.GetResponseAsync("Hello", cancellationToken: deadline.Token)).Text);
        Assert.Equal(512, (await client.Embeddings.GenerateVectorAsync("Hello", cancellationToken: deadline.Token)).Length);

        using var stranger = RunningClient.Create(
            application => application.AddMorganClient("morgan", settings => settings.Key = null), $"ConnectionStrings:morgan={connection}");
        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => stranger.Chat.GetResponseAsync("Hello", cancellationToken: deadline.Token));
        Assert.Equal(401, refusal.Status);
    }
}
