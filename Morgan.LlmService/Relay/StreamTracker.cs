using Morgan.LlmService.Envelope;
using Morgan.LlmService.Metering;

namespace Morgan.LlmService.Relay;

/// <summary>Follows the events of one host's stream: usage, finish reason, error, end. One instance an attempt.</summary>
internal abstract class StreamTracker
{
    /// <summary>What the host reported; null: nothing yet, or nonsense.</summary>
    public TokenUsage? Usage { get; protected set; }

    /// <summary>Events with a piece of the answer: about one token each.</summary>
    public long Deltas { get; protected set; }

    /// <summary>The host's id of the answer.</summary>
    public string? ResponseId { get; protected set; }

    /// <summary>The model as the host calls it.</summary>
    public string? ResponseModel { get; protected set; }

    /// <summary>Why the answer ended, in the host's word.</summary>
    public string? FinishReason { get; protected set; }

    /// <summary>What the host said of its failure, for <see cref="EventVerdict.Error"/>.</summary>
    public HostError? Error { get; protected set; }

    /// <summary>Whether an orderly end of the bytes is the end of the answer.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>After <see cref="EventVerdict.Trimmed"/>: the bytes of the event's data to leave out.</summary>
    public ByteRange Trim { get; protected set; }

    /// <summary>Looks at the next event.</summary>
    public abstract EventVerdict Inspect(in SseEvent e);
}
