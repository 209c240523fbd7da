using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Formats;

namespace Morgan.LlmSimulator.Requests;

/// <summary>What the simulator reads of a chat, completion or responses request; it ignores every other field.</summary>
internal sealed record GenerationRequest : HostRequest
{
    /// <summary>How the answer is written.</summary>
    public required ITextFormat Format { get; init; }

    /// <summary>One, or several in a batched completion. Each gets <see cref="Choices"/> answers.</summary>
    public required IReadOnlyList<Prompt> Prompts { get; init; }

    /// <summary>Whether a stream is to say its usage (<c>stream_options.include_usage</c>).</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>The client's limit on each answer's tokens.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Texts before which an answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Answers to each prompt (<c>n</c>).</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The client's own seed.</summary>
    public long Seed { get; init; }

    /// <summary>Images that came with the messages.</summary>
    public int Images { get; init; }

    /// <summary>Names of the tools that the client offers.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The response that this one continues (<c>/v1/responses</c>).</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>Whether a later request may continue this one (<c>/v1/responses</c>).</summary>
    public bool Store { get; init; }

    /// <inheritdoc/>
    public override IReply Compose(ReplyContext context)
    {
        string? earlierTopic = PreviousResponseId is null ? null : context.Memory.Recall(PreviousResponseId);
        var answer = AnswerComposer.Compose(this, context, earlierTopic);
        if (Store)
        {
            context.Memory.Remember(Format.IdPrefix + answer.Id, AnswerText.Topic(Prompts[0].Text));
        }

        return new TextReply(Format, answer);
    }
}
