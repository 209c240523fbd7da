using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;
using Morgan.EmbeddingService.Caching;
using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.Benchmarks.Cache;

/// <summary>Vectors from the shared cache: what a request with 256 texts waits for them.</summary>
internal sealed class StoreSuite : ISuite
{
    private const int Repetitions = 9;
    private const int Reads = 100;
    private const int WarmUpReads = 400;
    private const int Vectors = 256;
    private const int Dimensions = 512;

    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(30);

    public string Name => "store";

    public string Section => "Embeddings";

    public string Title => "Vectors from the shared cache";

    public string About =>
        $"One MGET of {Vectors} vectors of {Dimensions} float32 components over loopback, checked and decoded: the service's own reader, {Reads} reads a repetition, of which the median counts.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var redis = await StoreProcess.TryStartRedisAsync();
        using var morgan = await StoreProcess.StartMorganAsync();
        var measurements = new List<Measurement>();
        foreach (var store in new[] { redis, morgan })
        {
            if (store is not null)
            {
                measurements.Add(await MeasureAsync(store, cancellationToken));
            }
        }

        var client = Versions.Of(typeof(ConnectionMultiplexer));
        return new SuiteFindings(measurements, new Dictionary<string, string> { ["StackExchange.Redis"] = client });
    }

    private static async Task<Measurement> MeasureAsync(StoreProcess store, CancellationToken cancellationToken)
    {
        await using var service = await LocalApp.EmbeddingAsync(
            cancellationToken, "--ConnectionStrings:cache", store.Address, "--Embedding:Cache:L2ReadBudget", "00:00:05");
        var connection = service.Services.GetRequiredService<RedisCache>();
        var began = Stopwatch.GetTimestamp();
        var epoch = service.Services.GetRequiredService<CacheEpoch>();
        while (!epoch.IsKnown)
        {
            await Task.Delay(10, cancellationToken);
            if (Stopwatch.GetElapsedTime(began) > ConnectsWithin)
            {
                throw new BenchmarkException($"{store.Name} cannot be reached");
            }
        }

        var keys = new KeySpace(connection.Keys, "benchmark", epoch);
        var hashes = await FillAsync(connection.Connected!, keys);
        var reader = service.Services.GetRequiredService<L2Reader>();
        await ReadAsync(reader, keys, hashes, WarmUpReads, cancellationToken);
        var medians = new double[Repetitions];
        for (var i = 0; i < Repetitions; i++)
        {
            medians[i] = await ReadAsync(reader, keys, hashes, Reads, cancellationToken);
        }

        return new Measurement(store.Name, "ms", medians, Goal.AtMost(3));
    }

    private static async Task<UInt128[]> FillAsync(IConnectionMultiplexer connected, KeySpace keys)
    {
        var (random, database, hashes) = (new Random(1), connected.GetDatabase(), new UInt128[Vectors]);
        for (var i = 0; i < Vectors; i++)
        {
            hashes[i] = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64());
            var vector = new float[Dimensions];
            for (var k = 0; k < Dimensions; k++)
            {
                vector[k] = random.NextSingle() - 0.5f;
            }

            await database.StringSetAsync(keys.KeyOf(hashes[i]), EntryFormat.Encode(vector, hashes[i], half: false));
        }

        return hashes;
    }

    // The median of the reads, in milliseconds.
    private static async Task<double> ReadAsync(L2Reader reader, KeySpace keys, UInt128[] hashes, int reads, CancellationToken cancellationToken)
    {
        var times = new double[reads];
        for (var i = 0; i < reads; i++)
        {
            var found = new float[]?[hashes.Length];
            var began = Stopwatch.GetTimestamp();
            var count = await reader.ReadAsync(keys, hashes, half: false, Dimensions, found, cancellationToken);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (count != hashes.Length)
            {
                throw new BenchmarkException($"{count} of {hashes.Length} vectors came back");
            }
        }

        return Measurement.MedianOf(times);
    }
}
