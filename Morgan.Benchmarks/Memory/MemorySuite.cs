using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;
using Morgan.EmbeddingService.Catalog;

namespace Morgan.Benchmarks.Memory;

/// <summary>What the service's process takes: over many texts of every length, and after models have come and gone.</summary>
internal sealed class MemorySuite : ISuite
{
    private const int Texts = 200_000;
    private const int TextsPerSample = 2_000;
    private const int TextsPerRequest = 50;
    private const int Clients = 4;
    private const int Cycles = 50;
    private const int TextsPerCycle = 200;
    private const double Mega = 1 << 20;
    private const double Percent = 100;

    // Until then the cache of the process fills up: some 54,000 vectors of the default model.
    private const double Settling = 0.3;

    public string Name => "memory";

    public string Section => "Embeddings";

    public string Title => "Memory";

    public string About =>
        $"The service in a process of its own, its resident memory (RSS) sampled every {TextsPerSample:N0} of {Texts:N0} texts of random length up to the longest that the model reads; "
        + $"and a second model loaded, used for {TextsPerCycle} texts and unloaded by the admin API {Cycles} times, RSS sampled after each unload.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken) => new(
        [.. await ManyTextsAsync(cancellationToken), .. await LoadsAsync(cancellationToken)], new Dictionary<string, string>());

    private static async Task<IEnumerable<Measurement>> ManyTextsAsync(CancellationToken cancellationToken)
    {
        using var service = await ServiceProcess.StartAsync(cancellationToken);
        using var load = await RequestLoad.OpenAsync(service.Address, Clients, cancellationToken);
        var source = new MixedTexts(seed: 1);
        var start = service.ResidentBytes / Mega;
        var samples = new double[Texts / TextsPerSample];
        for (var i = 0; i < samples.Length; i++)
        {
            await load.SendAsync(EmbeddingRequests.Of(source.Take(TextsPerSample), TextsPerRequest), cancellationToken);
            samples[i] = service.ResidentBytes / Mega;
        }

        double[] settled = samples[(int)(Settling * samples.Length)..];
        var median = Measurement.MedianOf(settled);
        return
        [
            new Measurement($"{Texts:N0} texts: furthest RSS from its median once the cache is full", "%", [settled.Max(sample => Percent * Math.Abs(sample - median) / median)], Goal.AtMost(5)),
            new Measurement($"{Texts:N0} texts: RSS once the cache is full", "MiB", settled)
            {
                Details = new Dictionary<string, double> { ["at the start, MiB"] = start, ["at the end, MiB"] = samples[^1] },
            },
        ];
    }

    private static async Task<IEnumerable<Measurement>> LoadsAsync(CancellationToken cancellationToken)
    {
        using var service = await ServiceProcess.StartAsync(cancellationToken, "--Embedding:Models:again:Source", ModelSource.ShippedFolder);
        using var load = await RequestLoad.OpenAsync(service.Address, Clients, cancellationToken);
        using var admin = new HttpClient { BaseAddress = service.Address };
        var source = new MixedTexts(seed: 2);
        await load.SendAsync(EmbeddingRequests.Of(source.Take(TextsPerSample), TextsPerRequest), cancellationToken);
        var start = service.ResidentBytes / Mega;
        var (samples, freed) = (new double[Cycles], new double[Cycles]);
        for (var i = 0; i < Cycles; i++)
        {
            await PostAsync(admin, "load", cancellationToken);
            await load.SendAsync(EmbeddingRequests.Of(source.Take(TextsPerCycle), TextsPerRequest, "again"), cancellationToken);
            var report = await PostAsync(admin, "unload", cancellationToken);
            (samples[i], freed[i]) = (service.ResidentBytes / Mega, (double)report["freedBytes"]! / Mega);
        }

        return
        [
            new Measurement($"{Cycles} loads and unloads: RSS after the last over that before the first", "", [samples[^1] / start], Goal.AtMost(1.2)),
            new Measurement($"{Cycles} loads and unloads: RSS after each", "MiB", samples)
            {
                Details = new Dictionary<string, double>
                {
                    ["at the start, MiB"] = start,
                    ["at the end, MiB"] = samples[^1],
                    ["freed by an unload, MiB"] = Measurement.MedianOf(freed),
                },
            },
        ];
    }

    private static async Task<JsonNode> PostAsync(HttpClient admin, string verb, CancellationToken cancellationToken)
    {
        using var response = await admin.PostAsJsonAsync($"/admin/models/again/{verb}", new JsonObject(), cancellationToken);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!
            : throw new BenchmarkException($"{verb} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}
