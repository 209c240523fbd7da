using System.Collections.Concurrent;
using System.Diagnostics;

namespace Morgan.Tests.State;

/// <summary>When requests were granted or refused: each at some moment between its asking and its answer.</summary>
internal sealed class Grants
{
    private readonly ConcurrentBag<(long Asked, long Answered)> _granted = [];
    private readonly ConcurrentBag<(long Asked, long Answered)> _refused = [];

    public int Count => _granted.Count;

    public IEnumerable<(bool IsGranted, long Asked, long Answered)> All =>
        _granted.Select(grant => (true, grant.Asked, grant.Answered)).Concat(_refused.Select(refusal => (false, refusal.Asked, refusal.Answered)));

    public void Add(bool isGranted, long asked, long answered) => (isGranted ? _granted : _refused).Add((asked, answered));

    public async Task<bool> AddAsync(Func<Task<bool>> ask)
    {
        var asked = Stopwatch.GetTimestamp();
        var isGranted = await ask();
        Add(isGranted, asked, Stopwatch.GetTimestamp());
        return isGranted;
    }

    /// <summary>The most that were certainly granted within one window, whatever the moment of each was.</summary>
    public int MostWithin(TimeSpan window)
    {
        var length = (long)(window.TotalSeconds * Stopwatch.Frequency);
        var all = _granted.ToArray();
        return all.Length == 0 ? 0 : all.Max(first => all.Count(g => g.Asked >= first.Asked && g.Answered < first.Asked + length));
    }

    /// <summary>
    /// The fewest that may have been granted within the window before a refusal: a limit that refuses too early shows here,
    /// however much or little load there was. Without any refusal, as many as there can be.
    /// </summary>
    public int FewestBeforeARefusal(TimeSpan window)
    {
        var length = (long)(window.TotalSeconds * Stopwatch.Frequency);
        var all = _granted.ToArray();
        return _refused.ToArray()
            .Select(refused => all.Count(g => g.Answered > refused.Asked - length && g.Asked < refused.Answered))
            .DefaultIfEmpty(int.MaxValue)
            .Min();
    }
}
