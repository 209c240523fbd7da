using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Pipeline;

namespace Morgan.EmbeddingService.Batching;

/// <summary>
/// The computation of one input's vector, shared by every request that wants it meanwhile. It goes on when the request
/// that began it leaves, and is dropped when all have left before it has run.
/// </summary>
internal sealed class Flight(LoadedModel model, in EmbeddingItem item, Lane lane)
{
    private readonly Lock _gate = new();
    private readonly List<(FlightGroup Group, int Place)> _passengers = new(1);
    private FlightState _state;

    /// <summary>The model.</summary>
    public LoadedModel Model { get; } = model;

    /// <summary>The input's hash.</summary>
    public UInt128 Hash { get; } = item.Hash;

    /// <summary>The input's token ids; empty for a remote model.</summary>
    public int[] Ids { get; } = item.Ids ?? [];

    /// <summary>The input's text, for a remote model.</summary>
    public string Text { get; } = item.Text ?? "";

    /// <summary>Where it waits.</summary>
    public Lane Lane { get; } = lane;

    /// <summary>What it counts in the queue: its tokens, at least 1.</summary>
    public int Tokens { get; } = Math.Max(1, item.Tokens);

    /// <summary>The input's tokens as a remote host counted them; null: nobody did.</summary>
    public int? CountedTokens { get; set; }

    /// <summary>When it was queued, a timestamp.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Whether the vector may be kept: at least one request allows it.</summary>
    public bool MayStore { get; private set; }

    /// <summary>Takes a request on.</summary>
    /// <returns>False: the flight has landed or was dropped; look again.</returns>
    public bool TryJoin(FlightGroup group, int place, bool mayStore)
    {
        lock (_gate)
        {
            if (_state is FlightState.Landed or FlightState.Dropped)
            {
                return false;
            }

            _passengers.Add((group, place));
            MayStore |= mayStore;
            return true;
        }
    }

    /// <summary>A request no longer waits.</summary>
    /// <returns>Whether that dropped the flight: nobody waits for it and it has not run.</returns>
    public bool Leave(FlightGroup group)
    {
        lock (_gate)
        {
            _passengers.RemoveAll(passenger => ReferenceEquals(passenger.Group, group));
            if (_passengers.Count > 0 || _state != FlightState.Queued)
            {
                return false;
            }

            _state = FlightState.Dropped;
            return true;
        }
    }

    /// <summary>A caller takes it out of the queue.</summary>
    /// <returns>False: it was dropped.</returns>
    public bool TryStart()
    {
        lock (_gate)
        {
            if (_state != FlightState.Queued)
            {
                return false;
            }

            _state = FlightState.Running;
            return true;
        }
    }

    /// <summary>The vector is there.</summary>
    public void Land(float[] vector)
    {
        lock (_gate)
        {
            _state = FlightState.Landed;
            foreach (var (group, place) in _passengers)
            {
                group.Deliver(place, vector);
            }
        }
    }

    /// <summary>There will be no vector.</summary>
    /// <returns>False: it had landed already.</returns>
    public bool Fail(Exception failure)
    {
        lock (_gate)
        {
            if (_state == FlightState.Landed)
            {
                return false;
            }

            _state = FlightState.Landed;
            foreach (var (group, _) in _passengers)
            {
                group.Fail(failure);
            }

            return true;
        }
    }
}
