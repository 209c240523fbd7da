using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;

namespace Morgan.Benchmarks.Gateway;

/// <summary>A server and what it did, run by run.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Process">Where it runs.</param>
internal sealed record MeasuredServer(string Name, ServerProcess Process)
{
    /// <summary>Header lines that it needs with each request.</summary>
    public string Headers { get; init; } = "";

    /// <summary>The runs of the closed loop.</summary>
    public List<LoadResult> Closed { get; } = [];

    /// <summary>The server's processor time in microseconds an answer, in the same runs.</summary>
    public List<double> Processor { get; } = [];

    /// <summary>The runs of the open loop.</summary>
    public List<LoadResult> Open { get; } = [];

    /// <summary>The server's memory in MiB after each of them; 0 where nobody knows.</summary>
    public List<double> Memory { get; } = [];

    /// <summary>Runs the closed loop once.</summary>
    public Task LoadAsync(LoadRequest request, int connections, TimeSpan time) => LoadAsync([.. Enumerable.Repeat(request, connections)], time);

    /// <summary>Runs the closed loop once, with a connection for each of <paramref name="requests"/>.</summary>
    public async Task LoadAsync(IReadOnlyList<LoadRequest> requests, TimeSpan time)
    {
        var before = Process.ProcessorTime;
        var result = await ClosedLoop.RunAsync(requests, Process.Address, time);
        Closed.Add(result);
        Processor.Add((Process.ProcessorTime - before).TotalMicroseconds / result.Answers);
        Memory.Add(Process.WorkingSet / 1024.0 / 1024.0);
    }
}
