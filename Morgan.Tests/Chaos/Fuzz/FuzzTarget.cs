namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>Something that takes bytes from outside. Whatever the bytes, it must answer or refuse: anything else it throws.</summary>
internal abstract class FuzzTarget(string name) : IAsyncDisposable
{
    /// <summary>For the command line and reports.</summary>
    public string Name { get; } = name;

    /// <summary>Inputs of the share that every test run tries; they take about a second.</summary>
    public abstract int QuickInputs { get; }

    /// <summary>Inputs that are under way at the same time for each processor: one, or more where most of their time is waiting.</summary>
    public virtual int AtOnce => 1;

    /// <summary>Makes an input.</summary>
    public abstract byte[] Make(Random random);

    /// <summary>Tries it. Throws when what must hold does not.</summary>
    /// <param name="input">The input.</param>
    /// <param name="random">For choices of the check itself, such as where to cut.</param>
    public abstract ValueTask CheckAsync(byte[] input, Random random);

    /// <summary>The most that one input may make it allocate, in bytes; null: it is not measured.</summary>
    public virtual long? MostAllocated(int inputLength) => null;

    public ValueTask DisposeAsync() => StopAsync();

    /// <summary>Stops what it has started.</summary>
    protected virtual ValueTask StopAsync() => ValueTask.CompletedTask;
}
