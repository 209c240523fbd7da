using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Morgan.Tests.State;

namespace Morgan.Tests.Chaos.Tenants;

/// <summary>
/// All of Morgan as the AppHost starts it, with several gateways and one tenant that asks for far more than its 600
/// requests a minute. In every 60 s it must get 600 at most, and be refused only while it has had 594 at least; in the end
/// the ledger must say what the hosts have counted.
/// </summary>
internal sealed class LimitsRun(TimeSpan length, int replicas, int clients, TimeSpan pause)
{
    private const int Limit = 600;
    private const int Least = Limit * 99 / 100;
    private const string Key = "sk-limits";
    private const string AdminKey = "sk-limits-admin";
    private const string Body = """{"model":"morgan-sim","messages":[{"role":"user","content":"Say hello"}]}""";
    private static readonly string[] Hosts = ["sim-fast", "sim-medium", "sim-slow"];
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(4);

    private int _refused;
    private int _other;

    /// <summary>Runs it, reports, and says what was wrong.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(TextWriter report)
    {
        var file = Path.Combine(Path.GetTempPath(), $"limits-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, Configuration());
        try
        {
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Morgan_AppHost>(
                ["--Morgan:LlmHosts=simulator", "--Morgan:Cache=embedded", $"--Morgan:ConfigFile={file}", $"--Morgan:Replicas:Llm={replicas}"]);
            builder.Services.AddLogging(log => log.AddFilter("Aspire.Hosting", LogLevel.Warning));
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            using var deadline = new CancellationTokenSource(StartTime);
            foreach (var name in (string[])["llm", .. Hosts])
            {
                await app.ResourceNotifications.WaitForResourceHealthyAsync(name, deadline.Token);
            }

            return await RunAsync(app, report);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<IReadOnlyList<string>> RunAsync(DistributedApplication app, TextWriter report)
    {
        foreach (var host in Hosts)
        {
            using var client = app.CreateHttpClient(host);
            using var planned = await client.PutAsJsonAsync("/simulator/plan", new { timeToFirstTokenMs = 0, interTokenMs = 0, tokens = 1 });
            planned.EnsureSuccessStatusCode();
        }

        var address = app.GetEndpoint("llm");
        var grants = new Grants();
        var end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => PressAsync(address, grants, end))));

        var (most, fewest) = (grants.MostWithin(Window), grants.FewestBeforeARefusal(Window));
        await report.WriteLineAsync("| gateways | minutes | requests | admitted | refused | other | most in 60 s | fewest in the 60 s before a refusal |\n|---|---|---|---|---|---|---|---|");
        await report.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"| {replicas} | {length.TotalMinutes:0.#} | {grants.Count + _refused + _other} | {grants.Count} | {_refused} | {_other} | {most} | {fewest} |"));
        List<string> wrong = [];
        Check(most <= Limit, $"{most} requests were admitted within 60 s");
        Check(fewest >= Least, $"a request was refused although only {fewest} had been admitted in the 60 s before");
        Check(_refused > grants.Count, "there was no excess load");
        Check(_other == 0, $"{_other} requests came to another end");
        await CompareAsync(app, address, grants.Count, Check);
        return wrong;

        void Check(bool isRight, string problem)
        {
            if (!isRight)
            {
                wrong.Add(problem);
            }
        }
    }

    // Connections are what is balanced over the replicas, so each client opens a new one now and then.
    private async Task PressAsync(Uri address, Grants grants, long end)
    {
        using var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(5) }) { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        while (Stopwatch.GetTimestamp() < end)
        {
            var isGranted = await grants.AddAsync(async () =>
            {
                using var content = new StringContent(Body, Encoding.UTF8, "application/json");
                using var response = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content);
                var status = response.StatusCode;
                Interlocked.Add(ref _refused, status == HttpStatusCode.TooManyRequests ? 1 : 0);
                Interlocked.Add(ref _other, status is not (HttpStatusCode.OK or HttpStatusCode.TooManyRequests) ? 1 : 0);
                return status == HttpStatusCode.OK;
            });
            if (!isGranted)
            {
                await Task.Delay(pause);
            }
        }
    }

    private static async Task CompareAsync(DistributedApplication app, Uri address, int granted, Action<bool, string> check)
    {
        var (requests, output) = (0L, 0L);
        foreach (var host in Hosts)
        {
            using var client = app.CreateHttpClient(host);
            var stats = await client.GetFromJsonAsync<JsonElement>("/simulator/stats");
            requests += stats.GetProperty("requests").GetInt64();
            output += stats.GetProperty("tokensSent").GetInt64();
        }

        using var gateway = new HttpClient { BaseAddress = address };
        gateway.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
        JsonElement view = default;
        await Eventually.TrueAsync(
            async () =>
            {
                view = await gateway.GetFromJsonAsync<JsonElement>("/admin/tenants/acme");
                return view.GetProperty("used").GetProperty("concurrent").GetInt64() == 0;
            },
            "all requests are settled", Window);
        check(view.GetProperty("books").GetString() == "shared", "the gateways do not share their books");
        var model = view.GetProperty("models").GetProperty("morgan-sim");
        var booked = (model.GetProperty("requests").GetInt64(), model.GetProperty("attempts").GetInt64(), model.GetProperty("outputTokens").GetInt64());
        check(booked == (granted, requests, output), $"the ledger says {booked} (requests, attempts, output tokens), callers and hosts {(granted, requests, output)}");
    }

    private static string Configuration() => JsonSerializer.Serialize(new
    {
        Auth = new
        {
            Keys = new object[]
            {
                new { Id = "limits", KeySha256 = Hash(Key), Tenant = "acme" },
                new { Id = "admin", KeySha256 = Hash(AdminKey), Admin = true },
            },
        },
        Tenants = new { acme = new { RequestsPerMinute = Limit } },
    });

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
