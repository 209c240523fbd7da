using Morgan.EmbeddingService.Catalog;

namespace Morgan.EmbeddingService.Batching;

/// <summary>
/// What waits for a run, in two lanes: small requests go first, and every few runs one of the others, so that an import
/// gets on too. Not safe for several threads: the scheduler's lock is held.
/// </summary>
internal sealed class WorkQueue
{
    /// <summary>After this many runs for small requests in a row, one that waits in the bulk lane has its turn.</summary>
    private const int InteractiveInARow = 8;

    private readonly Dictionary<LoadedModel, LengthBuckets>[] _lanes = [[], []];
    private int _inARow;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _lanes[0].Count == 0 && _lanes[1].Count == 0;

    /// <summary>Adds a text.</summary>
    public void Add(Flight flight)
    {
        var lane = _lanes[(int)flight.Lane];
        if (!lane.TryGetValue(flight.Model, out var buckets))
        {
            lane[flight.Model] = buckets = new LengthBuckets();
        }

        buckets.Add(flight);
    }

    /// <summary>Takes the texts of the next run: of one model, of similar length.</summary>
    public void Take(List<Flight> taken)
    {
        var interactive = _lanes[(int)Lane.Interactive];
        var bulk = _lanes[(int)Lane.Bulk];
        var bulkNow = bulk.Count > 0 && (interactive.Count == 0 || _inARow >= InteractiveInARow);
        _inARow = bulkNow ? 0 : _inARow + 1;
        Take(bulkNow ? bulk : interactive, taken);
    }

    private static void Take(Dictionary<LoadedModel, LengthBuckets> lane, List<Flight> taken)
    {
        Flight? oldest = null;
        foreach (var buckets in lane.Values)
        {
            if (buckets.Oldest is { } first && (oldest is null || first.QueuedAt < oldest.QueuedAt))
            {
                oldest = first;
            }
        }

        if (oldest is null)
        {
            return;
        }

        var model = oldest.Model;
        var waiting = lane[model];
        waiting.Take(taken, model.MaxTextsPerRun, model.MaxTokensPerRun);
        if (waiting.Count == 0)
        {
            lane.Remove(model);
        }
    }
}
