using System.Collections.Concurrent;
using System.Text;
using Morgan.Tests.Chaos.Fuzz;
using Morgan.Tests.Chaos.Fuzz.Targets;
using Morgan.Tests.Chaos.Wire;

namespace Morgan.Tests.Chaos.Soak;

/// <summary>One request of a mixed load, and whether what came of it is allowed while hosts fail.</summary>
internal sealed class SoakLoad(Uri gateway)
{
    private const int Kinds = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <summary>How often each kind came to each end.</summary>
    public ConcurrentDictionary<string, int> Ends { get; } = new();

    /// <summary>What came that must not, with its last bytes.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    /// <summary>Sends the request of a turn: chat in one piece or streamed, embeddings, clients that leave, nonsense.</summary>
    public async Task SendAsync(int turn)
    {
        var random = new Random(turn);
        var kind = turn % Kinds;
        var (name, path, body) = kind switch
        {
            0 or 1 or 2 => ("chat", "/v1/chat/completions", Chat(turn, stream: false)),
            3 or 4 or 5 => ("stream", "/v1/chat/completions", Chat(turn, stream: true)),
            6 or 7 => ("embeddings", "/v1/embeddings", Encoding.UTF8.GetBytes($$"""{"input":["text {{random.Next(5000)}}","text {{random.Next(5000)}}"]}""")),
            8 => ("leaving", "/v1/chat/completions", Chat(turn, stream: true)),
            _ => ("nonsense", "/v1/chat/completions", Noise.Json(random, ChatBodies.Names)),
        };
        using var leave = new CancellationTokenSource();
        if (name == "leaving")
        {
            leave.CancelAfter(random.Next(1, 60));
        }

        var answer = await RawClient.PostAsync(gateway, path, NoHeaders, body, Patience, leave.Token);
        var end = EndOf(answer, path);
        Ends.AddOrUpdate($"{name}: {end}", 1, (_, count) => count + 1);
        if (end.StartsWith('!'))
        {
            var text = Encoding.UTF8.GetString(answer.Body);
            Wrong.Enqueue($"turn {turn} {name} {end}: {text[^Math.Min(text.Length, 300)..]}");
        }
    }

    private static string EndOf(RawAnswer answer, string path)
    {
        if (answer.End is RawEnd.Left)
        {
            return "left";
        }

        var text = Encoding.UTF8.GetString(answer.Body);
        if (answer.End != RawEnd.Whole)
        {
            return $"!{answer.End}";
        }

        if (answer.Status != 200)
        {
            return text.Contains("\"error\"", StringComparison.Ordinal) && answer.Status is (>= 400 and < 500) or 502 or 503 or 504 or 500
                ? $"told {answer.Status}"
                : $"!{answer.Status}";
        }

        return answer.MediaType != "text/event-stream" ? (text.EndsWith('}') ? "answer" : "!cut short")
            : !text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal) ? "!no end"
            : text.Contains("\"error\":{", StringComparison.Ordinal) ? "told in the stream"
            : path.Length > 0 && text.Contains("\"finish_reason\":\"", StringComparison.Ordinal) ? "answer"
            : "!neither finished nor told";
    }

    private static byte[] Chat(int turn, bool stream) => Encoding.UTF8.GetBytes(
        $$"""{"model":"morgan-sim","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{turn % 97}}: say hello"}]}""");
}
