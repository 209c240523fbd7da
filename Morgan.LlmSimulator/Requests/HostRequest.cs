using Morgan.LlmSimulator.Answers;

namespace Morgan.LlmSimulator.Requests;

/// <summary>A request that was read and is worth an answer.</summary>
internal abstract record HostRequest
{
    /// <summary>The model's name as sent; it comes back in the answer.</summary>
    public required string Model { get; init; }

    /// <summary>Whether server-sent events are wanted.</summary>
    public bool Stream { get; init; }

    /// <summary>Makes the answer.</summary>
    /// <exception cref="BadRequestException">It refers to something that this host doesn't have.</exception>
    public abstract IReply Compose(ReplyContext context);
}
