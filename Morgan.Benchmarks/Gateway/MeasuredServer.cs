using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;

namespace Morgan.Benchmarks.Gateway;

/// <summary>A server and what it did, run by run.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Process">Where it runs.</param>
internal sealed record MeasuredServer(string Name, ServerProcess Process)
{
    /// <summary>The runs of the closed loop.</summary>
    public List<LoadResult> Closed { get; } = [];

    /// <summary>The runs of the open loop.</summary>
    public List<LoadResult> Open { get; } = [];
}
