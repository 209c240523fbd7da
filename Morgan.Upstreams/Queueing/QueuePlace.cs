namespace Morgan.Upstreams.Queueing;

/// <summary>A place in a <see cref="FairQueue{T}"/>.</summary>
/// <param name="owner">Who has it.</param>
/// <param name="flow">Whose request it is; empty: nobody's.</param>
/// <param name="deadline">When it is of no use any more, in the clock's ticks.</param>
internal sealed class QueuePlace<T>(T owner, string flow, long deadline)
{
    /// <summary>Who has it.</summary>
    public T Owner => owner;

    /// <summary>Whose request it is: flows take turns.</summary>
    public string Flow => flow;

    /// <summary>When it is of no use any more.</summary>
    public long Deadline => deadline;

    /// <summary>Its number in order of arrival, from 1; 0: it is in no queue.</summary>
    public long Number { get; set; }
}
