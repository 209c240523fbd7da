using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Pipeline;

/// <summary>Brings a job's inputs to their vectors: cache of the process, shared cache, computation.</summary>
internal sealed class Embedder(L2Reader l2, EmbeddingMetrics metrics, TimeProvider time)
{
    /// <summary>A request with more tokens to compute than this waits in the bulk lane.</summary>
    private const int InteractiveTokens = 1024;

    /// <summary>The longest that a request waits for its vectors.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Fills in every vector of the job.</summary>
    /// <exception cref="Rejection">The request cannot be served, or not now; says why.</exception>
    public ValueTask RunAsync(EmbeddingJob job, CancellationToken cancellationToken)
    {
        InputStage.Run(job);
        var runner = job.Model.Runner;
        if (job.Tokens > runner.MaxQueuedTokens)
        {
            throw Rejection.InvalidValue(
                job.Inputs.Name,
                $"'{job.Inputs.Name}' has {job.Tokens} tokens in all; a request may have {runner.MaxQueuedTokens} (Embedding:Batching:MaxQueuedTokens). Send it in parts.");
        }

        var missing = job.Items.Length - job.L1Hits;
        metrics.LookedUpL1(job.L1Hits, missing, runner.SecondsFor(job.L1HitTokens));
        return missing == 0 ? ValueTask.CompletedTask : new ValueTask(FillAsync(job, missing, cancellationToken));
    }

    private async Task FillAsync(EmbeddingJob job, int missing, CancellationToken cancellationToken)
    {
        var (places, hashes) = (new int[missing], new UInt128[missing]);
        for (int i = 0, at = 0; at < missing; i++)
        {
            if (job.Items[i].Vector is null)
            {
                (places[at], hashes[at]) = (i, job.Items[i].Hash);
                at++;
            }
        }

        if ((job.Directives & CacheDirectives.NoCache) == 0)
        {
            job.L2Hits = await ReadSharedAsync(job, places, hashes, cancellationToken);
        }

        job.Misses = missing - job.L2Hits;
        if (job.Misses == 0)
        {
            return;
        }

        if ((job.Directives & CacheDirectives.OnlyIfCached) != 0)
        {
            throw new Rejection(new OpenAiError(
                504, "invalid_request_error", "not_cached", $"{job.Misses} of {job.Items.Length} inputs are not cached, and only-if-cached was asked for.", job.Inputs.Name));
        }

        await ComputeAsync(job, cancellationToken);
    }

    private async Task<int> ReadSharedAsync(EmbeddingJob job, int[] places, UInt128[] hashes, CancellationToken cancellationToken)
    {
        var cache = job.Model.Cache;
        var found = new float[]?[hashes.Length];
        var hits = await l2.ReadAsync(cache.Keys, hashes, cache.Half, job.Model.Dimensions, found, cancellationToken);
        var hitTokens = 0;
        for (var i = 0; hits > 0 && i < found.Length; i++)
        {
            if (found[i] is not { } vector)
            {
                continue;
            }

            ref var item = ref job.Items[places[i]];
            item.Vector = vector;
            hitTokens += item.Tokens;
            if ((job.Directives & CacheDirectives.NoStore) == 0)
            {
                cache.L1.Add(hashes[i], vector);
            }
        }

        metrics.LookedUpL2(hits, hashes.Length - hits, job.Model.Runner.SecondsFor(hitTokens));
        return hits;
    }

    private async Task ComputeAsync(EmbeddingJob job, CancellationToken cancellationToken)
    {
        var places = new int[job.Misses];
        var tokens = 0;
        for (int i = 0, at = 0; at < places.Length; i++)
        {
            if (job.Items[i].Vector is null)
            {
                places[at++] = i;
                tokens += Math.Max(1, job.Items[i].Tokens);
            }
        }

        var runner = job.Model.Runner;
        if (!runner.TryReserve(tokens, out var retryAfter))
        {
            metrics.Rejected();
            throw new Rejection(OpenAiError.RateLimited(
                "tokens", $"{runner.QueuedTokens} tokens are waiting to be embedded already (limit {runner.MaxQueuedTokens}).", retryAfter));
        }

        var group = new FlightGroup(places.Length);
        var flights = Board(job, places, group, tokens <= InteractiveTokens ? Lane.Interactive : Lane.Bulk);
        try
        {
            await group.Task.WaitAsync(Deadline, time, cancellationToken);
        }
        catch (Exception e)
        {
            Leave(flights, group);
            throw Explain(e);
        }

        for (var i = 0; i < places.Length; i++)
        {
            ref var item = ref job.Items[places[i]];
            item.Vector = group.Vectors[i];
            var counted = flights[i].CountedTokens ?? item.Tokens;
            job.Tokens += counted - item.Tokens;
            item.Tokens = counted;
        }
    }

    // Joins the flights that are under way already, and starts those that are not.
    private static List<Flight> Board(EmbeddingJob job, int[] places, FlightGroup group, Lane lane)
    {
        var (flights, fresh) = (new List<Flight>(places.Length), new List<Flight>(places.Length));
        var mayStore = (job.Directives & CacheDirectives.NoStore) == 0;
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var item = ref job.Items[places[i]];
            var flight = Join(job.Model, in item, group, i, mayStore, lane, out var isNew);
            flights.Add(flight);
            if (isNew && !LandFromCache(job, flight))
            {
                fresh.Add(flight);
            }
            else
            {
                job.Model.Runner.Return(flight.Tokens);
            }
        }

        if (fresh.Count > 0)
        {
            job.Model.Runner.Enqueue(fresh);
        }

        return flights;
    }

    private static Flight Join(
        LoadedModel model, in EmbeddingItem item, FlightGroup group, int place, bool mayStore, Lane lane, out bool isNew)
    {
        while (true)
        {
            if (model.Flights.TryGetValue(item.Hash, out var underWay))
            {
                if (underWay.TryJoin(group, place, mayStore))
                {
                    isNew = false;
                    return underWay;
                }

                model.Flights.TryRemove(KeyValuePair.Create(item.Hash, underWay));
            }

            var flight = new Flight(model, in item, lane);
            flight.TryJoin(group, place, mayStore);
            if (model.Flights.TryAdd(item.Hash, flight))
            {
                model.TryHold();
                isNew = true;
                return flight;
            }
        }
    }

    // A flight of the same text may have landed since this request looked into the cache.
    private static bool LandFromCache(EmbeddingJob job, Flight flight)
    {
        if ((job.Directives & CacheDirectives.NoCache) != 0 || !job.Model.Cache.L1.TryGet(flight.Hash, out var vector))
        {
            return false;
        }

        job.Model.Flights.TryRemove(KeyValuePair.Create(flight.Hash, flight));
        flight.Land(vector);
        job.Model.Release();
        return true;
    }

    private static void Leave(List<Flight> flights, FlightGroup group)
    {
        foreach (var flight in flights)
        {
            if (flight.Leave(group))
            {
                flight.Model.Flights.TryRemove(KeyValuePair.Create(flight.Hash, flight));
                flight.Model.Runner.Return(flight.Tokens);
            }
        }
    }

    private static Exception Explain(Exception e) => e switch
    {
        TimeoutException => new Rejection(OpenAiError.UpstreamTimeout($"The vectors were not computed within {Deadline.TotalSeconds:0} s.")),
        InferenceException => new Rejection(new OpenAiError(500, "server_error", "inference_failed", $"The model failed: {e.Message}.")),
        _ => e,
    };
}
