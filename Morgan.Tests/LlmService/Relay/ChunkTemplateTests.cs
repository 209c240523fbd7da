using System.Text;
using CsCheck;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.LlmService.Relay;

/// <summary>A tracker that has learnt how a stream's chunks look says the same as one that parses each of them.</summary>
public sealed class ChunkTemplateTests
{
    private static readonly string[] Shapes =
    [
        """{"id":"c","choices":[{"index":0,"delta":{"content":"TEXT"},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{"content":"TEXT"},"finish_reason":null}],"usage":null}""",
        """{"usage":null,"choices":[{"index":1,"delta":{"content":"TEXT"}}]}""",
        """{"choices":[{"index":0,"delta":{"role":"TEXT","content":""},"finish_reason":null}]}""",
        """{"choices":[{"index":0,"delta":{"content":"TEXT","reasoning":"TEXT"}}]}""",
        """{"choices":[{"index":0,"delta":{"content":"TEXT"}},{"index":1,"delta":{"tool_calls":[{}]}}]}""",
        """{"choices":[{"index":0,"text":"TEXT","finish_reason":"stop"}]}""",
        """{"choices":[{"index":0,"text":"TEXT","finish_reason":"length"}]}""",
        """{"choices":[{"index":0,"delta":{"content":"TEXT"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}""",
        """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}""",
        """{"choices":[{"index":0,"delta":{"content":"TEXT"}}],"error":{"message":"TEXT"}}""",
        """{"choices":[{"index":0,"delta":{"content":"TEXT"}}]""",
    ];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf("", "a", " wort", "ß€😀", "\\n", "\\u00e4", "\\", "\"", "\"}", "\n", "\u0001", "x\",\"usage\":{},\"y\":\""),
        Gen.String[Gen.Char['a', 'z'], 0, 40]);

    [Fact]
    public void Inspect_AnyStream_SaysWhatParsingEachChunkSays() =>
        Gen.Select(Gen.Bool, Gen.Select(Gen.Frequency((6, Gen.Const(1)), (4, Gen.Int[0, Shapes.Length - 1])), Text).Array[1, 30]).Sample((trim, events) =>
        {
            var tracker = new ChunkTracker(trim);
            var deltas = 0L;
            foreach (var (shape, text) in events)
            {
                var raw = Encoding.UTF8.GetBytes($"data: {Shapes[shape].Replace("TEXT", text, StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal)}\n\n");
                var alone = new ChunkTracker(trim);
                var expected = alone.Inspect(SseEvent.Parse(raw));
                deltas += alone.Deltas;

                Assert.Equal((expected, alone.Trim, deltas), (tracker.Inspect(SseEvent.Parse(raw)), tracker.Trim, tracker.Deltas));
                Assert.Equal(alone.FinishReason ?? tracker.FinishReason, tracker.FinishReason);
                Assert.Equal(alone.Usage ?? tracker.Usage, tracker.Usage);
            }
        });

    [Fact]
    public void Matches_AnotherText_WithTheTrimMovedAlong()
    {
        var template = default(ChunkTemplate);
        var first = """{"choices":[{"delta":{"content":"Hi"}}],"usage":null}"""u8;
        template.Learn(first, new(first.IndexOf("Hi"u8), 2), new(first.IndexOf(",\"usage"u8), 13));
        var other = """{"choices":[{"delta":{"content":" there"}}],"usage":null}"""u8;

        Assert.True(template.Matches(other, out var trim));
        Assert.Equal(",\"usage\":null"u8, trim.Of(other));
        Assert.False(template.Matches("""{"choices":[{"delta":{"content":""}}],"usage":null}"""u8, out _));
        Assert.False(template.Matches("""{"choices":[{"delta":{"content":"a\"b"}}],"usage":null}"""u8, out _));
        Assert.False(template.Matches("""{"choices":[{"delta":{"content":"a\nb"}}],"usage":null}"""u8, out _));
        Assert.False(template.Matches("""{"choices":[{"delta":{"content":"ab"}}],"usage":true}"""u8, out _));
        Assert.False(template.Matches("""{"c"""u8, out _));
    }

    [Fact]
    public void Matches_NothingLearnt_False() => Assert.False(default(ChunkTemplate).Matches("""{"choices":[]}"""u8, out _));
}
