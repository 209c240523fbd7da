using System.Text;
using Morgan.LlmService;
using Morgan.LlmService.Envelope;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.Tests.LlmService.Envelope;

public sealed class EnvelopeReaderTests
{
    [Fact]
    public void Read_AllFields_FindsThemAndWhereTheyStand()
    {
        const string Body = """
            { "messages": [{"role":"user","content":"model"}], "model" : "llama3", "stream": true,
              "stream_options": {"include_usage": true, "other": [1]}, "max_tokens": 7, "x": {"model":"no"} }
            """;

        var envelope = Read(Body);

        Assert.Equal("llama3", envelope.Model);
        Assert.Equal("\"llama3\"", Slice(Body, envelope.ModelRange));
        Assert.True(envelope.Stream);
        Assert.True(envelope.IncludeUsage);
        Assert.Equal("true", Slice(Body, envelope.IncludeUsageRange));
        Assert.Equal("{\"include_usage\": true, \"other\": [1]}", Slice(Body, envelope.StreamOptions));
        Assert.Equal(7, envelope.MaxOutputTokens);
        Assert.Equal("[{\"role\":\"user\",\"content\":\"model\"}]", Slice(Body, envelope.Prompt));
        Assert.Equal('}', Body[envelope.ClosingBrace]);
        Assert.Equal(Body.LastIndexOf('}'), envelope.ClosingBrace);
    }

    [Fact]
    public void Read_EscapedNameAndValue_AreUnderstood()
    {
        const string Body = """{"mod\u0065l":"ll\u0061ma\/3"}""";

        var envelope = Read(Body);

        Assert.Equal("llama/3", envelope.Model);
        Assert.Equal("\"ll\\u0061ma\\/3\"", Slice(Body, envelope.ModelRange));
    }

    [Theory]
    [InlineData("""{"model":"a","model":"b"}""", "model")]
    [InlineData("""{"model":"a","mod\u0065l":"b"}""", "model")]
    [InlineData("""{"stream":true,"stream":false}""", "stream")]
    [InlineData("""{"messages":[],"messages":[]}""", "messages")]
    [InlineData("""{"stream_options":{"include_usage":true,"include_usage":false}}""", "stream_options.include_usage")]
    public void Read_FieldTwice_IsRefusedByName(string body, string param) => AssertInvalidValue(body, param);

    [Theory]
    [InlineData("""{"model":5}""", "model")]
    [InlineData("""{"model":{}}""", "model")]
    [InlineData("""{"model":"\ud800"}""", "model")]
    [InlineData("""{"stream":"yes"}""", "stream")]
    [InlineData("""{"stream_options":7}""", "stream_options")]
    [InlineData("""{"stream_options":{"include_usage":1}}""", "stream_options.include_usage")]
    public void Read_WrongType_IsRefusedByName(string body, string param) => AssertInvalidValue(body, param);

    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    [InlineData("nonsense")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("{\"model\":\"a\"")]
    [InlineData("{\"model\":\"a\"} {}")]
    [InlineData("{\"model\":\"a\",}")]
    [InlineData("{\"a\":tru}")]
    public void Read_NoJsonObject_IsInvalidJson(string body)
    {
        var error = Fail(body);

        Assert.Equal((400, "invalid_json"), (error.Status, error.Code));
    }

    [Fact]
    public void Read_DeepNesting_IsReadUpToABound()
    {
        static string Nested(int depth) => $"{{\"model\":\"a\",\"tools\":{new string('[', depth)}{new string(']', depth)}}}";

        Assert.Equal("a", Read(Nested(500)).Model);
        Assert.Equal("invalid_json", Fail(Nested(600)).Code);
    }

    [Fact]
    public void Read_LoneSurrogateInAMessage_IsTheHostsBusiness() =>
        Assert.Equal("a", Read("""{"model":"a","messages":[{"role":"user","content":"\ud800 \udc00x"}]}""").Model);

    [Theory]
    [InlineData("null")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e400")]
    [InlineData("\"many\"")]
    [InlineData("{\"a\":[1]}")]
    public void Read_MaxTokensThatIsNoCount_IsTheHostsBusiness(string value) =>
        Assert.Null(Read($"{{\"max_tokens\":{value},\"model\":\"a\"}}").MaxOutputTokens);

    [Fact]
    public void Read_NullAndAbsentFields_AreDefaults()
    {
        var envelope = Read("""{"stream":null,"stream_options":null,"model":null}""");

        Assert.Null(envelope.Model);
        Assert.False(envelope.Stream);
        Assert.True(envelope.StreamOptions.IsPresent);
        Assert.False(envelope.IncludeUsageRange.IsPresent);
    }

    [Fact]
    public void Read_Responses_TakesInputAndThePreviousResponse()
    {
        Assert.Null(EnvelopeReader.Read("""{"input":"Hi","previous_response_id":"resp_1","max_output_tokens":9}"""u8, Operation.Responses, out var envelope));

        Assert.Equal("resp_1", envelope.PreviousResponseId);
        Assert.Equal(9, envelope.MaxOutputTokens);
        Assert.Equal(4, envelope.Prompt.Length);
    }

    private static RequestEnvelope Read(string body)
    {
        var error = EnvelopeReader.Read(Encoding.UTF8.GetBytes(body), Operation.Chat, out var envelope);
        Assert.Null(error);
        return envelope;
    }

    private static OpenAiError Fail(string body)
    {
        var error = EnvelopeReader.Read(Encoding.UTF8.GetBytes(body), Operation.Chat, out _);
        Assert.NotNull(error);
        return error;
    }

    private static void AssertInvalidValue(string body, string param)
    {
        var error = Fail(body);
        Assert.Equal((400, "invalid_value", param), (error.Status, error.Code, error.Param));
    }

    private static string Slice(string body, ByteRange range) => body.Substring(range.Start, range.Length);
}
