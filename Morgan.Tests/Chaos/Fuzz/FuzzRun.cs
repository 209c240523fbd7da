using System.Collections.Concurrent;
using System.Diagnostics;

namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>Tries many inputs on one target. Input i of a seed is always the same.</summary>
internal sealed class FuzzRun(FuzzTarget target, int seed, int workers)
{
    private const int MostFindings = 10;

    /// <summary>Far more than any input needs, even on a busy machine.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Finding> _findings = new();
    private readonly (int Input, long Began)[] _current = new (int, long)[workers];
    private int _next = -1;

    /// <summary>Tries <paramref name="inputs"/> inputs, or as many as fit into <paramref name="most"/>; says how many, and what was found.</summary>
    public async Task<(int Tried, IReadOnlyList<Finding> Findings)> RunAsync(int inputs, TimeSpan most)
    {
        using var end = new CancellationTokenSource(most);
        var running = Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(worker, inputs, end.Token))));
        while (await Task.WhenAny(running, Task.Delay(Look)) != running)
        {
            if (_current.FirstOrDefault(at => at.Began > 0 && Stopwatch.GetElapsedTime(at.Began) > Hang) is { Began: > 0 } hung)
            {
                _findings.Enqueue(new Finding(target.Name, seed + hung.Input, target.Make(new Random(seed + hung.Input)), $"no end after {Hang}"));
                return Result();
            }
        }

        await running; // which throws when an input could not be made
        return Result();

        (int, IReadOnlyList<Finding>) Result() => (Math.Min(_next + 1, inputs), [.. _findings]);
    }

    private async Task WorkAsync(int worker, int inputs, CancellationToken end)
    {
        while (!end.IsCancellationRequested && _findings.Count < MostFindings && Interlocked.Increment(ref _next) is var i && i < inputs)
        {
            _current[worker] = (i, Stopwatch.GetTimestamp());
            await TryAsync(seed + i);
            _current[worker] = default;
        }
    }

    private async Task TryAsync(int inputSeed)
    {
        var random = new Random(inputSeed);
        var input = target.Make(random);
        try
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await target.CheckAsync(input, random);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (target.MostAllocated(input.Length) is { } most && allocated > most)
            {
                _findings.Enqueue(new Finding(target.Name, inputSeed, input, $"{allocated} bytes allocated for {input.Length}"));
            }
        }
#pragma warning disable CA1031 // whatever is thrown is what is looked for
        catch (Exception e)
#pragma warning restore CA1031
        {
            _findings.Enqueue(new Finding(target.Name, inputSeed, input, e.ToString()));
        }
    }
}
