using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Morgan.LlmService.Admission.Shared;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.State;

/// <summary>Three gateways on real Kestrel that share a store, as the AppHost starts them.</summary>
public sealed class ThreeGatewaysTests
{
    private const string Key = "sk-test";
    private const string AdminKey = "sk-admin";
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExcessLoad_NeverMoreThanTheLimitInAWindow_NorARefusalBefore99PercentOfIt()
    {
        const int Limit = 100;
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var host = await SimulatedHost.StartAsync("one");
        await using var first = await StartAsync(store, host, $"--Tenants:acme:RequestsPerMinute={Limit}");
        await using var second = await StartAsync(store, host, $"--Tenants:acme:RequestsPerMinute={Limit}");
        await using var third = await StartAsync(store, host, $"--Tenants:acme:RequestsPerMinute={Limit}");
        RunningGateway[] gateways = [first, second, third];
        var grants = new Grants();
        var end = Stopwatch.GetTimestamp() + (10 * Stopwatch.Frequency);

        await Task.WhenAll(gateways.SelectMany(gateway => Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetTimestamp() < end)
                {
                    await grants.AddAsync(async () =>
                    {
                        using var response = await PostAsync(gateway);
                        Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
                        return response.StatusCode == HttpStatusCode.OK;
                    });
                }
            },
            Cancellation))));

        Assert.InRange(grants.MostWithin(Window), 1, Limit);
        // A tenth more than the window: what a lease has granted is in the books as late as the word of it was on its way.
        Assert.InRange(grants.FewestBeforeARefusal(Window * 1.1), Limit * 99 / 100, int.MaxValue);
        Assert.Equal(grants.Count, await host.CountAsync("requests"));
    }

    [Fact]
    public async Task Ledger_AfterRetries_EqualsWhatTheHostsHaveCounted()
    {
        await using var store = await StateStore.StartAsync(StateStore.Garnet);
        await using var good = await SimulatedHost.StartAsync("good");
        await using var bad = await SimulatedHost.StartAsync("bad");
        await bad.FaultAsync("status", new { status = 500, rate = 0.3 });
        string[] settings =
        [
            $"--Llm:Hosts:1:Name={bad.Name}", $"--Llm:Hosts:1:Url={bad.Url}", "--Llm:Strategy=round-robin", "--Llm:Retry:BudgetPercent=100",
            "--Llm:CircuitBreaker:FailureThreshold=1000", "--Tenants:acme:RequestsPerMinute=1000",
        ];
        await using var first = await StartAsync(store, good, settings);
        await using var second = await StartAsync(store, good, settings);
        RunningGateway[] gateways = [first, second];

        for (var i = 0; i < 40; i++)
        {
            using var response = await PostAsync(gateways[i % 2], stream: i % 4 > 1);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.ReadAsStringAsync(Cancellation);
        }

        await Eventually.TrueAsync(async () => (await LookAsync(second)).GetProperty("used").GetProperty("concurrent").GetInt64() == 0, "all are settled");
        var view = await LookAsync(first);
        var model = view.GetProperty("models").GetProperty("morgan-sim");
        Assert.Equal("shared", view.GetProperty("books").GetString());
        Assert.Equal(40, model.GetProperty("requests").GetInt64());
        Assert.Equal(await SumAsync("requests"), model.GetProperty("attempts").GetInt64());
        Assert.True(model.GetProperty("attempts").GetInt64() > 40);
        Assert.Equal(await SumAsync("promptTokens"), model.GetProperty("inputTokens").GetInt64());
        Assert.Equal(await SumAsync("tokensSent"), model.GetProperty("outputTokens").GetInt64());
        Assert.Equal(0, model.GetProperty("wastedTokens").GetInt64());

        async Task<long> SumAsync(string name) => await good.CountAsync(name) + await bad.CountAsync(name);
    }

    [Fact]
    public async Task Response_GoesOnAtTheHostThatMadeIt_FromAnotherReplica()
    {
        await using var store = await StateStore.StartAsync(StateStore.Garnet);
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var maker = await RunningGateway.StartAsync([one, two], $"--ConnectionStrings:state={store.ConnectionString}");
        await using var other = await RunningGateway.StartAsync(
            [one, two],
            builder => builder.Services.AddSingleton(Replica.Patient),
            "--Llm:Strategy=round-robin", $"--ConnectionStrings:state={store.ConnectionString}");
        await Eventually.TrueAsync(() => maker.Services.GetRequiredService<LimitStore>().IsUp, "it has its store", TimeSpan.FromSeconds(30));

        using var first = await maker.PostAsync("/v1/responses", """{"model":"morgan-sim","input":"Hello"}""");
        var made = first.Headers.GetValues("x-morgan-host").Single();
        var id = JsonDocument.Parse(await first.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("id").GetString();
        await using var look = await store.ConnectAsync();
        await Eventually.TrueAsync(() => look.GetServer(store.ConnectionString).Keys(pattern: "morgan:response:*").Any(), "it is shared");

        for (var i = 0; i < 4; i++)
        {
            using var next = await other.PostAsync("/v1/responses", $$"""{"model":"morgan-sim","input":"And?","previous_response_id":"{{id}}"}""");
            Assert.Equal((HttpStatusCode.OK, made), (next.StatusCode, next.Headers.GetValues("x-morgan-host").Single()));
        }
    }

    [Fact]
    public async Task Health_NamesTheStore()
    {
        await using var store = await StateStore.StartAsync(StateStore.Garnet);
        await using var host = await SimulatedHost.StartAsync("one");
        await using var own = await StartAsync(store, host);
        await using var none = await RunningGateway.StartAsync([host]);
        await using var borrowed = await RunningGateway.StartAsync([host], $"--ConnectionStrings:cache={store.ConnectionString}");

        await Eventually.TrueAsync(async () => (await ReasonAsync(own)).Contains("shared by 2 replicas", StringComparison.Ordinal), "its replicas", TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(async () => (await ReasonAsync(borrowed)).Contains("ConnectionStrings:state", StringComparison.Ordinal), "the cache", TimeSpan.FromSeconds(30));
        Assert.Contains("for itself alone", await ReasonAsync(none), StringComparison.Ordinal);
    }

    private static async Task<string> ReasonAsync(RunningGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {AdminKey}");
        using var response = await gateway.Client.SendAsync(request, Cancellation);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        return body.RootElement.GetProperty("checks").EnumerateArray()
            .Single(check => check.GetProperty("name").GetString() == "state").GetProperty("reason").GetString()!;
    }

    private static Task<RunningGateway> StartAsync(StateStore store, SimulatedHost host, params string[] settings) => RunningGateway.StartAsync(
        [host],
        builder => builder.Services.AddSingleton(Replica.Patient with { Window = Window }),
        [
            $"--ConnectionStrings:state={store.ConnectionString}",
            "--Auth:Keys:0:Id=test", $"--Auth:Keys:0:KeySha256={Hash(Key)}", "--Auth:Keys:0:Tenant=acme",
            "--Auth:Keys:1:Id=admin", $"--Auth:Keys:1:KeySha256={Hash(AdminKey)}", "--Auth:Keys:1:Admin=true",
            .. settings,
        ]);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task<HttpResponseMessage> PostAsync(RunningGateway gateway, bool stream = false) =>
        gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream), Cancellation, ("Authorization", $"Bearer {Key}"));

    private static async Task<JsonElement> LookAsync(RunningGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/tenants/acme");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {AdminKey}");
        using var response = await gateway.Client.SendAsync(request, Cancellation);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
    }
}
