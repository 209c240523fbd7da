namespace Morgan.Benchmarks.Limits;

/// <summary>When requests were admitted or refused: each at some moment between its asking and its answer.</summary>
internal sealed class LimitsOutcome
{
    private static readonly long Window = TimeSpan.TicksPerMinute;

    private readonly List<(long Asked, long Answered)> _admitted = [];
    private readonly List<(long Asked, long Answered)> _refused = [];

    /// <summary>Calls of the store.</summary>
    public int Calls { get; set; }

    /// <summary>Requests.</summary>
    public int Requests => _admitted.Count + _refused.Count;

    /// <summary>Those that were refused.</summary>
    public int Refused => _refused.Count;

    /// <summary>The most that were certainly admitted within 60 s.</summary>
    public int Most => _admitted.Select(first => _admitted.Count(one => one.Asked >= first.Asked && one.Answered < first.Asked + Window)).DefaultIfEmpty(0).Max();

    /// <summary>The fewest that may have been admitted in the 60 s before a refusal; null: nothing was refused.</summary>
    public int? Fewest => _refused.Count == 0 ? null
        : _refused.Min(refused => _admitted.Count(one => one.Answered > refused.Asked - Window && one.Asked < refused.Answered));

    /// <summary>A request was decided.</summary>
    public void Add(bool isAdmitted, long asked, long answered) => (isAdmitted ? _admitted : _refused).Add((asked, answered));
}
