using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.Benchmarks.Limits;
using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Pipeline;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Telemetry;
using Morgan.EmbeddingService.Tokenizers;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.Tests.EmbeddingService;

/// <summary>The stages of an embedding request around a fake engine, without a server.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly ServiceProvider _services;

    public Workshop(
        int callers = 1,
        int maxQueuedTokens = 1_000_000,
        int maxTextsPerRun = 1,
        int maxTokensPerRun = 512,
        TimeProvider? time = null,
        Scheduler? scheduler = null)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging();
        _services = services.BuildServiceProvider();
        Time = time ?? TimeProvider.System;
        var metrics = new EmbeddingMetrics(_services.GetRequiredService<IMeterFactory>());
        var options = new FixedOptions<EmbeddingOptions>(new EmbeddingOptions());
        var redis = new RedisCache(_services, configured: false, new RedisKeys("morgan"), NullLogger<RedisCache>.Instance);
        Scheduler = scheduler ?? new Scheduler(metrics, Time, NullLogger<Scheduler>.Instance) { MaxQueuedTokens = maxQueuedTokens, MaxCallers = callers };
        var reader = new L2Reader(redis, options, metrics, Time, NullLogger<L2Reader>.Instance);
        var writer = new L2Writer(redis, options, metrics, Time, new Random(1), NullLogger<L2Writer>.Instance);
        Embedder = new Embedder(reader, metrics, Time);
        Model = new LoadedModel(_ => Freed = true)
        {
            Name = "fake",
            Fingerprint = "f",
            Backend = "onnx",
            Bytes = 0,
            FileBytes = 0,
            Device = "cpu",
            Pooling = null,
            Runner = Scheduler,
            Dimensions = Engine.Dimensions,
            Tokenizer = new CharTokenizer(),
            Engine = Engine,
            Cache = new ModelCache(new L1Cache(1_000_000).Add(2), new KeySpace(redis.Keys, "f", new CacheEpoch(Time)), Half: false, writer),
            MaxTokens = int.MaxValue,
            RefusesOverflow = false,
            MaxTextsPerRun = maxTextsPerRun,
            MaxTokensPerRun = maxTokensPerRun,
            Prompts = new Dictionary<string, string>(),
            DefaultPrompt = null,
            IsNormalized = false,
        };
    }

    public TimeProvider Time { get; }

    public FakeEngine Engine { get; } = new();

    public Scheduler Scheduler { get; }

    public Embedder Embedder { get; }

    public LoadedModel Model { get; }

    public bool Freed { get; private set; }

    /// <summary>Embeds texts; each character is a token.</summary>
    public async Task<float[][]> EmbedAsync(string[] texts, CacheDirectives directives = CacheDirectives.None, CancellationToken cancellationToken = default)
    {
        var json = Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(new { input = texts }));
        using var body = await RequestBody.ReadAsync(new Microsoft.AspNetCore.Http.DefaultHttpContext { Request = { Body = new MemoryStream(json) } });
        using var request = new EmbeddingRequest(body);
        OpenAiReader.Read(request);
        using var job = new EmbeddingJob(Model, body, request.Inputs) { Directives = directives };
        await Embedder.RunAsync(job, cancellationToken);
        var vectors = new float[texts.Length][];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = job.Items[i].Vector!;
        }

        return vectors;
    }

    public void Dispose()
    {
        Engine.MayRun.Set();
        Scheduler.Dispose();
        _services.Dispose();
    }

    private sealed class CharTokenizer : ITokenizer
    {
        public int VocabularySize => char.MaxValue + 1;

        public int PadId => 0;

        public int? MaxTokens => null;

        public int SpecialTokenCount => 0;

        public string Fingerprint => "chars";

        public int Encode(ReadOnlySpan<char> text, TokenBuffer output, int maxTokens, bool addSpecialTokens = true)
        {
            foreach (var c in text[..Math.Min(text.Length, maxTokens)])
            {
                output.Add(c);
            }

            return text.Length;
        }

        public string? TokenOf(int id) => ((char)id).ToString();

        public bool IsSpecial(int id) => false;
    }
}
