using System.Buffers;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Requests;

namespace Morgan.EmbeddingService.Pipeline;

/// <summary>A request's inputs for one model, and what has become of each.</summary>
internal sealed class EmbeddingJob : IDisposable
{
    private EmbeddingItem[] _items;

    /// <summary>Begins with inputs of a request body, all of which outlive the job.</summary>
    public EmbeddingJob(LoadedModel model, RequestBody body, InputList inputs)
    {
        (Model, Body, Inputs) = (model, body, inputs);
        _items = ArrayPool<EmbeddingItem>.Shared.Rent(inputs.Count);
        Items.Clear();
    }

    /// <summary>The model.</summary>
    public LoadedModel Model { get; }

    /// <summary>The body that the inputs are slices of.</summary>
    public RequestBody Body { get; }

    /// <summary>The inputs in order.</summary>
    public InputList Inputs { get; }

    /// <summary>The text to put before each input; empty: none.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What the request asks of the cache.</summary>
    public CacheDirectives Directives { get; init; }

    /// <summary>What hides the tenant's entries from others; empty: shared.</summary>
    public byte[] Secret { get; init; } = [];

    /// <summary>Whether a text that is too long is refused, not cut.</summary>
    public bool RefusesOverflow { get; init; }

    /// <summary>What has become of the inputs, in order.</summary>
    public Span<EmbeddingItem> Items => _items.AsSpan(0, Inputs.Count);

    /// <summary>How many vectors came from this process's cache.</summary>
    public int L1Hits { get; set; }

    /// <summary>How many vectors came from the shared cache.</summary>
    public int L2Hits { get; set; }

    /// <summary>How many vectors were in neither.</summary>
    public int Misses { get; set; }

    /// <summary>The tokens that the model sees of all inputs: what the usage says.</summary>
    public int Tokens { get; set; }

    /// <summary>The tokens of the inputs whose vectors came from this process's cache.</summary>
    public int L1HitTokens { get; set; }

    /// <summary>How many inputs were cut.</summary>
    public int Truncated { get; set; }

    public void Dispose()
    {
        if (_items.Length > 0)
        {
            ArrayPool<EmbeddingItem>.Shared.Return(_items, clearArray: true);
        }

        _items = [];
    }
}
