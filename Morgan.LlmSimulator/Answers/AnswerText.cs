using System.Globalization;
using Morgan.LlmSimulator.Plan;
using Morgan.LlmSimulator.Requests;

namespace Morgan.LlmSimulator.Answers;

/// <summary>
/// Writes an answer of a given length: greeting, what the user said, that this is simulated, how to add a real host,
/// then as many tips as fit. The same seed gives the same text.
/// </summary>
internal sealed class AnswerText(string hostName, ulong seed)
{
    private const int MaxTopicLength = 60;
    private const int LeastClosing = 2;
    private const string OneToken = " …";
    private static readonly int MostClosing = LeastClosing + Phrases.Closings.Length - 1;

    private readonly List<string> _tokens = [];
    private Chance _chance = new(seed);

    /// <summary>The answer's tokens, exactly <paramref name="count"/> of them.</summary>
    public List<string> Compose(GenerationRequest request, Prompt prompt, int count, string? earlierTopic, bool multilingual)
    {
        // The greeting depends on the name alone, so that a host keeps its voice.
        var voice = new Chance(Chance.Hash(hostName));
        Say(Format(Phrases.Greetings[voice.Next(Phrases.Greetings.Length)], hostName));
        if (multilingual)
        {
            Say(Phrases.Multilingual);
        }

        Echo(prompt.Text);
        Say(Pick(Phrases.Admissions));
        Say(Phrases.AddRealHost);
        Mention(request, earlierTopic);
        Fill(count);
        if (_tokens.Count > count)
        {
            _tokens.RemoveRange(count, _tokens.Count - count);
        }

        return _tokens;
    }

    /// <summary>The first words of what was said, on one line.</summary>
    public static string Topic(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= MaxTopicLength)
        {
            return line.TrimEnd('.');
        }

        // Cut between words where there are any, and never inside a character that looks like one.
        int end = line.LastIndexOf(' ', MaxTopicLength);
        if (end <= 0)
        {
            end = 0;
            while (StringInfo.GetNextTextElementLength(line, end) is var next && end + next <= MaxTopicLength)
            {
                end += next;
            }
        }

        return line[..end] + "…";
    }

    private void Echo(string said)
    {
        string topic = Topic(said);
        if (topic.Length > 0)
        {
            Say(Format(Pick(topic.EndsWith('?') ? Phrases.QuestionEchoes : Phrases.Echoes), topic));
        }
    }

    private void Mention(GenerationRequest request, string? earlierTopic)
    {
        if (earlierTopic is { Length: > 0 })
        {
            Say($"Before, it was about “{earlierTopic}”.");
        }

        if (request.Images > 0)
        {
            Say(request.Images == 1 ? "Your image arrived, though I cannot see it." : $"Your {request.Images} images arrived, though I cannot see them.");
        }

        if (request.Tools.Count > 0)
        {
            Say($"Of your tools I call none, not even {request.Tools[0]}.");
        }
    }

    /// <summary>Adds tips in random order, then a closing that makes the count exact.</summary>
    private void Fill(int count)
    {
        string[] tips = [.. Phrases.Tips];
        for (int next = 0; ; next++)
        {
            int left = count - _tokens.Count;
            if (left <= MostClosing)
            {
                if (left > 0)
                {
                    TokenSplitter.Split(left < LeastClosing ? OneToken : Phrases.Closings[left - LeastClosing], _tokens);
                }

                return;
            }

            if (next % tips.Length == 0)
            {
                Shuffle(tips);
            }

            string tip = " " + tips[next % tips.Length];
            int length = TokenSplitter.Count(tip);
            if (left - length is 0 or >= LeastClosing)
            {
                TokenSplitter.Split(tip, _tokens);
            }
        }
    }

    private void Shuffle(string[] tips)
    {
        for (int i = tips.Length - 1; i > 0; i--)
        {
            int j = _chance.Next(i + 1);
            (tips[i], tips[j]) = (tips[j], tips[i]);
        }
    }

    private void Say(string sentence) => TokenSplitter.Split(_tokens.Count == 0 ? sentence : " " + sentence, _tokens);

    private string Pick(string[] phrases) => phrases[_chance.Next(phrases.Length)];

    private static string Format(string phrase, string argument) => phrase.Replace("{0}", argument, StringComparison.Ordinal);
}
