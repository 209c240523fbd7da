namespace Morgan.EmbeddingService.Batching;

/// <summary>What one request waits for: the vectors of some inputs, each computed by a flight that others may wait for too.</summary>
internal sealed class FlightGroup(int count)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _remaining = count;

    /// <summary>The vectors, by the places that the flights were joined with.</summary>
    public float[]?[] Vectors { get; } = new float[]?[count];

    /// <summary>Ends when every vector is there, or one failed.</summary>
    public Task Task => _done.Task;

    /// <summary>A flight brought a vector.</summary>
    public void Deliver(int place, float[] vector)
    {
        Vectors[place] = vector;
        if (Interlocked.Decrement(ref _remaining) == 0)
        {
            _done.TrySetResult();
        }
    }

    /// <summary>A flight failed.</summary>
    public void Fail(Exception failure) => _done.TrySetException(failure);
}
