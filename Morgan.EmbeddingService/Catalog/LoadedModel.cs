using System.Collections.Concurrent;
using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>A model that is in memory. Requests and runs in progress hold it; it is freed when the last lets go.</summary>
internal sealed class LoadedModel
{
    private readonly Action<LoadedModel> _free;
    private readonly TaskCompletionSource _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _holds = 1;

    /// <summary>Makes one with a first hold, the catalog's own.</summary>
    /// <param name="free">What to do when nobody holds it any more.</param>
    public LoadedModel(Action<LoadedModel> free) => _free = free;

    /// <summary>The bytes of memory that it is counted with.</summary>
    public required long Bytes { get; init; }

    /// <summary>The public name.</summary>
    public required string Name { get; init; }

    /// <summary>What decides a vector, as a hash: model file, tokenizer, pooling, normalisation, precision, length.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The layout that its folder has.</summary>
    public required string Backend { get; init; }

    /// <summary>The bytes of its graph, external weights included.</summary>
    public required long FileBytes { get; init; }

    /// <summary>How token vectors are pooled; null: a remote host's matter.</summary>
    public required Pooling? Pooling { get; init; }

    /// <summary>Where it runs: <c>cpu</c>, <c>cuda:0</c>, <c>remote</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Its tokenizer; null: remote hosts tokenise.</summary>
    public required ITokenizer? Tokenizer { get; init; }

    /// <summary>What runs it; null: remote hosts do.</summary>
    public required IEngine? Engine { get; init; }

    /// <summary>What computes its queued texts.</summary>
    public required IRunner Runner { get; init; }

    /// <summary>The length of its vectors.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Its part of the cache.</summary>
    public required ModelCache Cache { get; init; }

    /// <summary>The most tokens that it sees of a text, special tokens included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Whether a longer text is refused, not cut.</summary>
    public required bool RefusesOverflow { get; init; }

    /// <summary>How many texts a run takes at most: 1 where the texts of a batch would change each other's vectors.</summary>
    public required int MaxTextsPerRun { get; init; }

    /// <summary>How many places, padding included, a run takes at most.</summary>
    public required int MaxTokensPerRun { get; init; }

    /// <summary>Texts put before the input, by name.</summary>
    public required IReadOnlyDictionary<string, string> Prompts { get; init; }

    /// <summary>The name of the prompt of requests that name none.</summary>
    public required string? DefaultPrompt { get; init; }

    /// <summary>Whether its vectors have length 1.</summary>
    public required bool IsNormalized { get; init; }

    /// <summary>What is being computed now, by the input's hash.</summary>
    public ConcurrentDictionary<UInt128, Flight> Flights { get; } = new();

    /// <summary>Ends when nobody holds the model any more and its memory has been given back.</summary>
    public Task Freed => _freed.Task;

    /// <summary>Holds the model; false: it has been freed.</summary>
    public bool TryHold()
    {
        while (true)
        {
            var holds = Volatile.Read(ref _holds);
            if (holds == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holds, holds + 1, holds) == holds)
            {
                return true;
            }
        }
    }

    /// <summary>Lets go of the model.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            _free(this);
            _freed.SetResult();
        }
    }

    /// <summary>A run brought a flight's vector: it goes into the cache, and to those who wait.</summary>
    public void Land(Flight flight, float[] vector)
    {
        Cache.Round(vector);
        if (flight.MayStore)
        {
            Cache.Store(flight.Hash, vector);
        }

        Flights.TryRemove(KeyValuePair.Create(flight.Hash, flight));
        flight.Land(vector);
        Release();
    }

    /// <summary>A flight failed.</summary>
    public void Crash(Flight flight, Exception failure)
    {
        Flights.TryRemove(KeyValuePair.Create(flight.Hash, flight));
        if (flight.Fail(failure))
        {
            Release();
        }
    }
}
