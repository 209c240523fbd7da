namespace Morgan.LlmService.Admission.Waiting;

/// <summary>A request in a line.</summary>
/// <param name="deadline">When it gives up, on the line's clock.</param>
/// <param name="tokens">What it sets aside.</param>
internal sealed class Waiter(TimeSpan deadline, long tokens)
{
    private TaskCompletionSource _change = New();
    private TaskCompletionSource? _seen;

    public TimeSpan Deadline => deadline;

    public long Tokens => tokens;

    /// <summary>Whether it was told to wait: then nobody goes before it at its cost.</summary>
    public bool IsPromised { get; set; }

    /// <summary>Whether it was woken and has not looked yet.</summary>
    public bool HasNews => Volatile.Read(ref _seen) != Volatile.Read(ref _change);

    /// <summary>Completes when it has become the first, or something was given back while it was. Called before it looks.</summary>
    public Task TakeChange()
    {
        var change = Volatile.Read(ref _change);
        Volatile.Write(ref _seen, change);
        return change.Task;
    }

    /// <summary>Wakes it.</summary>
    public void Wake() => Interlocked.Exchange(ref _change, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
