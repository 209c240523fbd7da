using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using Morgan.LlmService.Admission.Waiting;

namespace Morgan.Tests.LlmService.Admission.Waiting;

/// <summary>A tenant's requests on fake time and on one thread: all that a moment wakes is done before the next.</summary>
internal sealed class WaitingRun(TenantOptions options)
{
    private const double Step = 50;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Turns _turns = new();
    private readonly CallerLimits _limits = new("acme", options, null, null);
    private readonly List<Task> _all = [];
    private LocalLimits? _books;
    private WaitingRoom? _room;
    private double _now;

    /// <summary>When requests were admitted, in milliseconds.</summary>
    public List<double> Admitted { get; } = [];

    /// <summary>Requests admitted after their deadline.</summary>
    public int Late { get; private set; }

    /// <summary>Requests that were told to wait and refused in the end.</summary>
    public int Broken { get; private set; }

    /// <summary>Requests that still wait.</summary>
    public int Undecided => _all.Count(task => !task.IsCompleted);

    public static ValueTask<Admittance> Ask(LocalLimits books, WaitingRoom room, CallerLimits limits, LinePlace place)
    {
        var (entry, refusal) = books.TryBook(limits, 0, replicas: 1, place);
        return ValueTask.FromResult(entry is null
            ? new Admittance(null, new Decision(Verdict.Refused, "local", refusal))
            : new Admittance(new Reservation(books, entry, null, room.LineOf(limits), "id", "m"), new Decision(Verdict.Granted, "local")));
    }

    /// <summary>A request that can wait for so long.</summary>
    public void Arrive(TimeSpan patience) => _turns.Run(() => _all.Add(OneAsync(patience)), IsAwaited);

    /// <summary>Lets time go on, by 50 ms at a time at most.</summary>
    public void Advance(double milliseconds)
    {
        for (var end = _now + milliseconds; _now < end;)
        {
            var step = Math.Min(Step, end - _now);
            _now += step;
            _turns.Run(() => _time.Advance(TimeSpan.FromMilliseconds(step)), IsAwaited);
        }
    }

    private bool IsAwaited() => _room?.LineOf(_limits).HasNews == true;

    private async Task OneAsync(TimeSpan patience)
    {
        (_books, _room) = (_books ?? new LocalLimits(_time), _room ?? new WaitingRoom(_time));
        var deadline = _now + patience.TotalMilliseconds;
        var answer = _room.WaitAsync(_limits, 0, patience, place => Ask(_books, _room, _limits, place), CancellationToken.None);
        var isTold = !answer.IsCompleted;
        var (reservation, _) = await answer;
        if (reservation is null)
        {
            Broken += isTold ? 1 : 0;
        }
        else
        {
            Admitted.Add(_now);
            Late += _now > deadline + (2 * Step) ? 1 : 0;
        }
    }

    // Continuations come back here, though whoever is woken takes the way over another thread.
    private sealed class Turns : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Call, object? State)> _posted = new();

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

        public void Run(Action action, Func<bool> isAwaited)
        {
            var clock = Stopwatch.StartNew();
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                action();
                while (true)
                {
                    if (_posted.TryDequeue(out var next))
                    {
                        next.Call(next.State);
                    }
                    else if (isAwaited())
                    {
                        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "who was woken has not come");
                        Thread.Yield();
                    }
                    else if (_posted.IsEmpty)
                    {
                        return;
                    }
                }
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}
