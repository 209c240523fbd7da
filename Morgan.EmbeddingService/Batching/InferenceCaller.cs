namespace Morgan.EmbeddingService.Batching;

/// <summary>One thread's runs of models, and since when the one in progress goes on.</summary>
internal sealed class InferenceCaller(TimeProvider time)
{
    private const long Idle = long.MinValue;

    private int[][] _ids = new int[1][];
    private float[][] _vectors = new float[1][];
    private long _since = Idle;

    /// <summary>How long the run in progress has taken; 0 when idle.</summary>
    public TimeSpan RunningFor => Volatile.Read(ref _since) is var since && since == Idle ? TimeSpan.Zero : time.GetElapsedTime(since);

    /// <summary>A run begins.</summary>
    public void Begin(long now) => Volatile.Write(ref _since, now);

    /// <summary>The run is over.</summary>
    public void End() => Volatile.Write(ref _since, Idle);

    /// <summary>The vectors of the last run, in the order of its texts.</summary>
    public ReadOnlySpan<float[]> Vectors => _vectors;

    /// <summary>Runs texts of one model.</summary>
    public void Run(List<Flight> flights)
    {
        if (_ids.Length < flights.Count)
        {
            _ids = new int[flights.Count][];
            _vectors = new float[flights.Count][];
        }

        var model = flights[0].Model;
        for (var i = 0; i < flights.Count; i++)
        {
            _ids[i] = flights[i].Ids;
            _vectors[i] = GC.AllocateUninitializedArray<float>(model.Dimensions);
        }

        model.Engine!.Run(_ids.AsSpan(0, flights.Count), _vectors.AsSpan(0, flights.Count));
    }
}
