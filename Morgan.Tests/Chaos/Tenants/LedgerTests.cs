using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Morgan.Tests.Chaos.Machine;
using Morgan.Tests.LlmService.Gateway;
using Morgan.Tests.State;

namespace Morgan.Tests.Chaos.Tenants;

/// <summary>
/// The ledger of a tenant after everything that can go wrong with its requests at once: gateways in processes of their own,
/// hosts that fail, late requests sent twice, clients that leave, and a gateway that is killed.
/// </summary>
public sealed class LedgerTests
{
    private const string Key = "sk-ledger";
    private const string AdminKey = "sk-ledger-admin";
    private const int Tokens = 100;
    private const int Workers = 16;
    private const int Held = 4;
    private static readonly TimeSpan Orphaned = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Booked = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ledger_AfterFaultsRetriesHedgesClientsThatLeftAndAKill_EqualsTheHostsCounts()
    {
        var day = DateTime.UtcNow.Date;
        await using var store = await StateStore.StartAsync(StateStore.Garnet);
        await using var well = await SimulatedHost.StartAsync("well");
        await using var flaky = await SimulatedHost.StartAsync("flaky");
        await using var other = await SimulatedHost.StartAsync("other");
        // An answer takes 2.5 s, so that one that is given up after its first event is not near its end, nor its break.
        var pace = new { timeToFirstTokenMs = 20, interTokenMs = 25, tokens = Tokens };
        await well.PlanAsync(pace);
        await flaky.PlanAsync(new
        {
            pace.timeToFirstTokenMs,
            pace.interTokenMs,
            pace.tokens,
            faults = new object[]
            {
                new { kind = "status", rate = 0.1, status = 500 }, new { kind = "refuse", rate = 0.05 },
                new { kind = "hang", rate = 0.1 }, new { kind = "cut", rate = 0.15, afterEvents = 80 },
            },
        });
        await other.PlanAsync(new { interTokenMs = 5, tokens = 20_000 });
        var gateways = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync(store, well, flaky, other)));
        await using var one = gateways[0];
        await using var two = gateways[1];
        await using var killed = gateways[2];

        // The one to be killed: streams that will not end, and short requests all the time.
        var held = Enumerable.Range(0, Held).Select(_ => new LedgerClient(killed, Key, "held", 20_000).StreamAsync(leaves: false)).ToList();
        await Eventually.TrueAsync(async () => await AtWorkAsync(one) == Held, "their reservations are in the store");
        var reserved = (await LookAsync(one)).GetProperty("reserved").GetProperty("tokens").GetInt64() / Held;
        var prompt = reserved - 20_000;
        await using var onOne = new Load<LedgerAnswer>(Workers, new LedgerClient(one, Key, "chat", Tokens).InTurnsAsync);
        await using var onTwo = new Load<LedgerAnswer>(Workers, new LedgerClient(two, Key, "chat", Tokens).InTurnsAsync);
        await using var onKilled = new Load<LedgerAnswer?>(Held, async _ => await TryAsync(new LedgerClient(killed, Key, "lost", 1).WholeAsync));
        await Task.WhenAll(onOne.MoreAsync(40), onTwo.MoreAsync(40), onKilled.MoreAsync(100));

        await killed.KillAsync();
        var killedAt = onKilled.Now;
        await Task.WhenAll(onOne.MoreAsync(120), onTwo.MoreAsync(120));
        var lost = await onKilled.EndAsync();
        var chats = (await Task.WhenAll(onOne.EndAsync(), onTwo.EndAsync())).SelectMany(all => all).Select(request => request.Result).ToList();
        Assert.All(await Task.WhenAll(held.Select(stream => TryAsync(() => stream))), Assert.Null);
        await Eventually.TrueAsync(async () => await AtWorkAsync(one) == 0, "what the killed one had set aside is closed", Orphaned);
        Assert.SkipWhen(DateTime.UtcNow.Date != day, "the ledger of the day has begun anew");

        var view = await LookAsync(two);
        Assert.Equal("shared", view.GetProperty("books").GetString());
        Assert.Equal(0, view.GetProperty("reserved").GetProperty("tokens").GetInt64());

        // What the two that live have done, to the last attempt.
        var ledger = Ledger.Of(view, "chat");
        var (attempts, hedges) = await CountAttemptsAsync([one, two]);
        var requests = await SumAsync("requests");
        var whole = await well.OutcomesAsync("ok") + await flaky.OutcomesAsync("ok");
        var parts = chats.Where(answer => answer.Told == Told.Part).ToList();
        var (left, input) = (chats.Count(answer => answer.HasLeft), chats.First(answer => answer.Told == Told.Whole).Input);
        Assert.True(hedges > 0 && left > 0 && parts.Count > 0 && requests > chats.Count, "all of the faults were met");
        Assert.Equal((chats.Count, 0), (ledger.Requests, ledger.Orphans));
        Assert.Equal(chats.Count(answer => answer.Told == Told.Whole), whole);
        Assert.Equal((whole * input) + parts.Sum(part => part.Input), ledger.Input);
        Assert.Equal((whole * Tokens) + parts.Sum(part => part.Output), ledger.Output);
        Assert.Equal(attempts, ledger.Attempts);
        Assert.InRange(ledger.Attempts, requests, requests + hedges); // one that lost at once may never have reached its host
        var unfinished = ledger.Attempts - whole - parts.Count;
        var sent = await SumAsync("tokensSent") - (whole * Tokens) - parts.Sum(part => part.Output);
        Assert.InRange(ledger.Wasted, left * prompt, (unfinished * prompt) + sent);

        // The streams that the killed one has held: each an orphan, as it was set aside.
        Assert.Equal(new Ledger(0, Held, 0, 0, Held * reserved, Held), Ledger.Of(view, "held"));

        // Its other requests: booked once, as what they came to or as orphans. Those of its last moment, perhaps not at all.
        var killedLedger = Ledger.Of(view, "lost");
        var certain = lost.Count(request => request.Result is not null && request.Began + request.Took < killedAt - Booked);
        var possible = lost.Count(request => request.Began < killedAt);
        Assert.True(certain > 0);
        Assert.InRange(killedLedger.Requests + killedLedger.Orphans, certain, possible);
        Assert.Equal(killedLedger.Requests + killedLedger.Orphans, killedLedger.Attempts);
        Assert.Equal((killedLedger.Requests * input, killedLedger.Requests), (killedLedger.Input, killedLedger.Output));
        Assert.Equal(killedLedger.Orphans * (prompt + 1), killedLedger.Wasted);

        async Task<long> SumAsync(string name) => await well.CountAsync(name) + await flaky.CountAsync(name);
    }

    private static Task<ServiceProcess> StartAsync(StateStore store, SimulatedHost well, SimulatedHost flaky, SimulatedHost other) => ServiceProcess.StartAsync(
        "Morgan.LlmService",
        $"--ConnectionStrings:state={store.ConnectionString}",
        $"--Llm:Hosts:0:Name={well.Name}", $"--Llm:Hosts:0:Url={well.Url}", "--Llm:Hosts:0:Models:chat=morgan-sim",
        $"--Llm:Hosts:1:Name={flaky.Name}", $"--Llm:Hosts:1:Url={flaky.Url}", "--Llm:Hosts:1:Models:chat=morgan-sim",
        $"--Llm:Hosts:2:Name={other.Name}", $"--Llm:Hosts:2:Url={other.Url}", "--Llm:Hosts:2:Models:held=morgan-sim", "--Llm:Hosts:2:Models:lost=morgan-sim",
        "--Llm:Strategy=round-robin", "--Llm:Retry:BudgetPercent=100", "--Llm:Retry:BaseDelay=00:00:00.01", "--Llm:CircuitBreaker:FailureThreshold=1000",
        "--Llm:Hedging:Enabled=true", "--Llm:Hedging:DelayQuantile=0.95", "--Llm:Hedging:BudgetPercent=100",
        "--Llm:Timeouts:FirstByte=00:00:10", "--Llm:Timeouts:Response=00:00:10", "--Metrics:Prometheus=true",
        "--Tenants:acme:RequestsPerMinute=100000", "--Tenants:acme:TokensPerMinute=100000000",
        "--Auth:Keys:0:Id=client", $"--Auth:Keys:0:KeySha256={Hash(Key)}", "--Auth:Keys:0:Tenant=acme",
        "--Auth:Keys:1:Id=admin", $"--Auth:Keys:1:KeySha256={Hash(AdminKey)}", "--Auth:Keys:1:Admin=true");

    private static async Task<LedgerAnswer?> TryAsync(Func<Task<LedgerAnswer>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private static async Task<long> AtWorkAsync(ServiceProcess gateway) =>
        (await LookAsync(gateway)).GetProperty("used").GetProperty("concurrent").GetInt64();

    private static async Task<JsonElement> LookAsync(ServiceProcess gateway) =>
        JsonDocument.Parse(await GetAsync(gateway, "/admin/tenants/acme")).RootElement;

    // morgan_attempts_total{…,morgan_attempt_cause="hedge",…} 12 1790000000000
    private static async Task<(long All, long Hedges)> CountAttemptsAsync(IReadOnlyList<ServiceProcess> gateways)
    {
        var (all, hedges) = (0L, 0L);
        foreach (var gateway in gateways)
        {
            foreach (var line in (await GetAsync(gateway, "/metrics")).Split('\n').Where(line => line.StartsWith("morgan_attempts", StringComparison.Ordinal)))
            {
                var count = (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0], CultureInfo.InvariantCulture);
                all += count;
                hedges += line.Contains("\"hedge\"", StringComparison.Ordinal) ? count : 0;
            }
        }

        return (all, hedges);
    }

    private static async Task<string> GetAsync(ServiceProcess gateway, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", AdminKey);
        using var response = await gateway.Client.SendAsync(request, Cancellation);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
