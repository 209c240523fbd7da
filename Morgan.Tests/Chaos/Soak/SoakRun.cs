using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Morgan.Tests.Chaos.Machine;

namespace Morgan.Tests.Chaos.Soak;

/// <summary>
/// The gateway, the embedding service and the cache in processes of their own behind a mixed load, with three hosts that
/// fail now and then in every way.
/// </summary>
internal sealed class SoakRun(TimeSpan length, int workers, TimeSpan pause)
{
    private const int Samples = 120;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    private static readonly object Plan = new
    {
        timeToFirstTokenMs = 5,
        interTokenMs = 1,
        tokens = 24,
        faults = new object[]
        {
            new { kind = "status", status = 503, rate = 0.04 }, new { kind = "status", status = 429, retryAfterSeconds = 1, rate = 0.01 },
            new { kind = "refuse", rate = 0.01 }, new { kind = "hang", rate = 0.003 }, new { kind = "slow-headers", delayMs = 300, rate = 0.02 },
            new { kind = "stall", rate = 0.003 }, new { kind = "cut", rate = 0.02 }, new { kind = "reset", rate = 0.02 }, new { kind = "error-in-200", rate = 0.02 },
            new { kind = "malformed-json", rate = 0.02 }, new { kind = "truncated-json", rate = 0.02 }, new { kind = "split-utf8", rate = 0.05 }, new { kind = "no-usage", rate = 0.05 },
            new { kind = "duplicate-done", rate = 0.02 }, new { kind = "huge-event", rate = 0.005 }, new { kind = "wrong-content-type", rate = 0.01 },
        },
    };

    /// <summary>Runs it and writes a report in Markdown; says what was wrong.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(TextWriter report)
    {
        await using var cache = await ServiceProcess.StartCacheAsync();
        await using var embedding = await ServiceProcess.StartAsync("Morgan.EmbeddingService", "--ConnectionStrings:cache", $"127.0.0.1:{cache.Port}", "--Embedding:Batching:Callers=1");
        List<ServiceProcess> hosts = [];
        try
        {
            for (var i = 0; i < 3; i++)
            {
                hosts.Add(await ServiceProcess.StartAsync("Morgan.LlmSimulator", $"--Simulator:Name=host{i}"));
                (await hosts[^1].Client.PutAsJsonAsync("/simulator/plan", Plan)).EnsureSuccessStatusCode();
            }

            await using var gateway = await ServiceProcess.StartAsync("Morgan.LlmService", [
                .. hosts.SelectMany((host, i) => new[] { $"--Llm:Hosts:{i}:Name=host{i}", $"--Llm:Hosts:{i}:Url={host.Address}v1" }),
                $"--Llm:Embedding:Url={embedding.Address}", "--Llm:Retry:BudgetPercent=50", "--Llm:Timeouts:FirstByte=00:00:02", "--Llm:Timeouts:Response=00:00:02",
                "--Llm:Timeouts:Idle=00:00:02", "--Llm:Timeouts:Total=00:00:15", "--Llm:CircuitBreaker:BreakDuration=00:00:05", "--Llm:Health:Interval=00:00:02"]);
            return await RunAsync(report, gateway, [("gateway", gateway), ("embedding", embedding), ("cache", cache)]);
        }
        finally
        {
            foreach (var host in hosts)
            {
                await host.DisposeAsync();
            }
        }
    }

    private async Task<IReadOnlyList<string>> RunAsync(TextWriter report, ServiceProcess gateway, IReadOnlyList<(string Name, ServiceProcess Process)> watched)
    {
        var sent = new SoakLoad(gateway.Address);
        List<Sample> samples = [];
        await using (var load = new Load<int>(workers, async turn =>
        {
            await sent.SendAsync(turn);
            await Task.Delay(pause);
            return turn;
        }))
        {
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < length;)
            {
                await Task.Delay(length / Samples);
                foreach (var (name, process) in watched)
                {
                    samples.Add(Sample.Of(load.Now, name, process.Id, name == "gateway" ? await QueuedAsync(gateway) : 0));
                }
            }
        }

        var (rows, problems) = Growth.Of(samples);
        List<string> wrong = [.. problems, .. sent.Wrong];
        await Eventually.TrueAsync(async () => await QueuedAsync(gateway) == 0, "nothing is at work or waiting when all clients are gone", Quiet);
        await WriteAsync(report, sent, samples[^1].At, rows, wrong);
        return wrong;
    }

    private async Task WriteAsync(TextWriter report, SoakLoad sent, TimeSpan took, IReadOnlyList<string> rows, List<string> wrong)
    {
        await report.WriteLineAsync(FormattableString.Invariant($"{took.TotalMinutes:F1} minutes, {sent.Ends.Values.Sum():N0} requests by {workers} clients.\n"));
        await report.WriteLineAsync("| process | measure | second third (median) | last third (median) | most |\n|---|---|---|---|---|");
        foreach (var row in rows)
        {
            await report.WriteLineAsync(row);
        }

        await report.WriteLineAsync("\n| request: end | times |\n|---|---|");
        foreach (var (end, times) in sent.Ends.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            await report.WriteLineAsync(FormattableString.Invariant($"| {end} | {times:N0} |"));
        }

        await report.WriteLineAsync($"\n{(wrong.Count == 0 ? "Nothing grew, nothing was left, and each request ended as it may." : string.Join('\n', wrong.Take(50)))}");
    }

    private static async Task<long> QueuedAsync(ServiceProcess gateway)
    {
        var hosts = (await gateway.Client.GetFromJsonAsync<JsonElement>("/admin/hosts")).GetProperty("hosts");
        return hosts.EnumerateArray().Sum(host =>
            host.GetProperty("inFlight").GetInt64() + (host.TryGetProperty("limiter", out var limiter) && limiter.ValueKind == JsonValueKind.Object ? limiter.GetProperty("waiting").GetInt64() : 0));
    }
}
