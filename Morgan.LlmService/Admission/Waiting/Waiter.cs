namespace Morgan.LlmService.Admission.Waiting;

/// <summary>A request in a line.</summary>
/// <param name="deadline">When it gives up, on the line's clock.</param>
/// <param name="tokens">What it sets aside.</param>
internal sealed class Waiter(TimeSpan deadline, long tokens)
{
    private TaskCompletionSource _change = New();

    public TimeSpan Deadline => deadline;

    public long Tokens => tokens;

    /// <summary>Whether it was told to wait: then nobody goes before it at its cost.</summary>
    public bool IsPromised { get; set; }

    /// <summary>Completes when it has become the first, or something was given back while it was. Take it before looking.</summary>
    public Task Change => Volatile.Read(ref _change).Task;

    /// <summary>Wakes it.</summary>
    public void Wake() => Interlocked.Exchange(ref _change, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
