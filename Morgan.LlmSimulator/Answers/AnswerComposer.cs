using System.Globalization;
using Morgan.LlmSimulator.Plan;
using Morgan.LlmSimulator.Requests;

namespace Morgan.LlmSimulator.Answers;

/// <summary>Makes the answer to a request: texts as planned, shortened as the request wants, usage counted.</summary>
internal static class AnswerComposer
{
    // 1 MiB: sixteen times the line that many SSE readers can hold.
    private static readonly string HugeToken = string.Concat(Enumerable.Repeat(" and on it goes,", (1 << 20) / 16));

    /// <summary>The answer. The same plan, host, request and place in the plan's run give the same.</summary>
    public static Answer Compose(GenerationRequest request, ReplyContext context, string? earlierTopic)
    {
        var run = context.Run;
        string? fault = context.Fault?.Kind;
        List<Choice> choices = [];
        foreach (var prompt in request.Prompts)
        {
            ulong seed = Chance.Mix(Chance.Mix(run.Seed, Chance.Hash(prompt.Text)), (ulong)request.Seed);
            for (int i = 0; i < request.Choices; i++)
            {
                var text = new AnswerText(context.HostName, Chance.Mix(seed, (ulong)choices.Count))
                    .Compose(request, prompt, run.Plan.Tokens, earlierTopic, multilingual: fault == FaultKinds.SplitUtf8);
                choices.Add(Shorten(text, request));
            }
        }

        if (context.Fault is { Kind: FaultKinds.HugeEvent } huge)
        {
            int position = Math.Clamp(huge.AfterEvents - request.Format.LeadingEvents, 0, choices[0].Tokens.Count);
            choices[0] = choices[0] with { Tokens = [.. choices[0].Tokens.Take(position), HugeToken, .. choices[0].Tokens.Skip(position)] };
        }

        int promptTokens = request.Prompts.Sum(p => p.Tokens);
        return new Answer
        {
            Id = Chance.Mix(run.Seed, (ulong)context.Place).ToString("x16", CultureInfo.InvariantCulture),
            Created = context.Created,
            Model = request.Model,
            HostName = context.HostName,
            Choices = choices,
            PromptTokens = promptTokens,
            Usage = fault switch
            {
                FaultKinds.NoUsage => null,
                FaultKinds.LyingUsage => Usage.Lie,
                _ => Usage.Of(promptTokens, choices.Sum(c => c.Tokens.Count)),
            },
            StreamUsage = request.IncludeUsage && fault != FaultKinds.NoUsage,
            PreviousResponseId = request.PreviousResponseId,
            Stored = request.Store,
        };
    }

    private static Choice Shorten(List<string> tokens, GenerationRequest request)
    {
        string reason = "stop";
        if (request.MaxTokens is { } most && tokens.Count > most)
        {
            tokens.RemoveRange(most, tokens.Count - most);
            reason = "length";
        }

        if (request.Stop.Count == 0)
        {
            return new Choice(tokens, reason);
        }

        string text = string.Concat(tokens);
        int end = request.Stop.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
        return end < 0 ? new Choice(tokens, reason) : new Choice(Cut(tokens, end), "stop");
    }

    /// <summary>The tokens that make the text's first <paramref name="length"/> characters.</summary>
    private static List<string> Cut(List<string> tokens, int length)
    {
        List<string> kept = [];
        foreach (string token in tokens)
        {
            if (length <= 0)
            {
                break;
            }

            kept.Add(token.Length <= length ? token : token[..length]);
            length -= token.Length;
        }

        return kept;
    }
}
