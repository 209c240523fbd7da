using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.EmbeddingService.Endpoints.Admin;

/// <summary>Looks at the cache, warms it and clears it.</summary>
internal sealed class CacheAdmin(
    L1Cache l1, L2Reader reader, L2Writer writer, CacheEpoch epoch, EpochSync sync, RedisCache redis, EmbeddingMetrics metrics, JobRunner runner)
{
    /// <summary>The cache now.</summary>
    public CacheReport Report()
    {
        var (totals, size) = (metrics.Totals, l1.Size);
        return new CacheReport(
            new CacheReport.Level1(size.Entries, size.Bytes, l1.MaxBytes, totals.L1Hits, totals.L1Misses, Rate(totals.L1Hits, totals.L1Misses)),
            new CacheReport.Level2(
                redis.Connected is not null,
                reader.IsHeldBack,
                writer.Pending,
                writer.Written,
                totals.L2Hits,
                totals.L2Misses,
                Rate(totals.L2Hits, totals.L2Misses),
                totals.ReadFailures,
                totals.Corrupt,
                totals.WritesDropped),
            Math.Round(totals.SavedSeconds, 3),
            epoch.Value);
    }

    /// <summary>Embeds texts for the cache's sake: <c>{"model":"use-lite","texts":["a","b"]}</c> → <c>{"texts":2,"cached":1,"computed":1}</c>.</summary>
    public async Task WarmAsync(HttpContext context, RequestBody body)
    {
        using var request = new EmbeddingRequest(body);
        OpenAiReader.Read(request, "texts");
        await runner.RunAsync(context, body, request.Inputs, new JobAsk(request.Model, PromptName: request.PromptName), (http, job) =>
            http.Response.WriteAsJsonAsync(
                new Dictionary<string, int> { ["texts"] = job.Inputs.Count, ["cached"] = job.L1Hits + job.L2Hits, ["computed"] = job.Misses },
                http.RequestAborted));
    }

    /// <summary>Starts a new generation: no key of the old one is looked for any more, in any replica.</summary>
    public async Task<long> ClearAsync(CancellationToken cancellationToken)
    {
        var started = epoch.Bump();
        l1.Clear();
        await sync.SynchroniseAsync(cancellationToken);
        return started;
    }

    private static double Rate(long hits, long misses) => hits + misses == 0 ? 0 : Math.Round((double)hits / (hits + misses), 4);
}
