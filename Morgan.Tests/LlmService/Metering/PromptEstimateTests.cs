using System.Text;
using Microsoft.ML.Tokenizers;
using Morgan.LlmService.Metering;

namespace Morgan.Tests.LlmService.Metering;

public sealed class PromptEstimateTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("\"12345678\"", 2)]
    [InlineData("[\"1234\",\"1234\"]", 2)]
    [InlineData("[[1,2,3],[4]]", 4)]
    [InlineData("""[{"role":"user","content":"1234567812345678"}]""", 4 + 5)]
    public void Count_Text_IsAQuarterOfItsBytes(string prompt, long tokens) =>
        Assert.Equal(tokens, PromptEstimate.Count(Encoding.UTF8.GetBytes(prompt)));

    [Fact]
    public void Count_Picture_IsNotCountedByItsBytes()
    {
        var prompt = """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,PICTURE"}}]}]"""
            .Replace("PICTURE", new string('A', 1_000_000), StringComparison.Ordinal);

        Assert.InRange(PromptEstimate.Count(Encoding.UTF8.GetBytes(prompt)), 200, 400);
    }

    [Theory]
    [InlineData("gpt-4o-mini", "o200k_base")]
    [InlineData("openai/gpt-oss-120b", "o200k_base")]
    [InlineData("O3", "o200k_base")]
    [InlineData("gpt-4-turbo", "cl100k_base")]
    [InlineData("gpt-35-turbo", "cl100k_base")]
    [InlineData("text-embedding-3-small", "cl100k_base")]
    [InlineData("llama3.2:latest", null)]
    [InlineData("o1ive", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task Find_Model_HasTheEncodingOfItsFamily(string? model, string? encoding)
    {
        var found = new TokenEncodings().Find(model);
        await (found?.LoadAsync() ?? Task.CompletedTask);

        Assert.Equal(encoding is null ? null : Tokens(encoding, "Grüße aus Köln, 東京"), found?.Current?.CountTokens("Grüße aus Köln, 東京"));
    }

    [Fact]
    public async Task Of_ModelWhoseTableIsNotReadYet_IsNullAndThenThere()
    {
        var encodings = new TokenEncodings();

        Assert.Null(encodings.Of("gpt-4o"));
        await encodings.Find("gpt-4o")!.LoadAsync();

        Assert.NotNull(encodings.Of("gpt-4o"));
    }

    [Theory]
    [InlineData("Say hello, friend")]
    [InlineData("""Line\nbreaks, \"quotes\" and \u00fc\ud83d\ude00""")]
    public async Task Count_KnownEncoding_IsExact(string escaped)
    {
        var encoding = new TokenEncodings().Find("gpt-4o")!;
        await encoding.LoadAsync();
        var text = System.Text.Json.JsonSerializer.Deserialize<string>($"\"{escaped}\"")!;

        Assert.Equal(Tokens("o200k_base", text), PromptEstimate.Count(Encoding.UTF8.GetBytes($"\"{escaped}\""), encoding.Current));
    }

    [Fact]
    public async Task Count_LongText_IsNearTheExactAndQuick()
    {
        var encoding = new TokenEncodings().Find("gpt-4o")!;
        await encoding.LoadAsync();
        var text = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog; it costs 12.50 today. ", 1_500));
        var exact = Tokens("o200k_base", text);

        var counted = PromptEstimate.Count(Encoding.UTF8.GetBytes($"\"{text}\""), encoding.Current);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var run = PromptEstimate.Count(Encoding.UTF8.GetBytes($"\"{new string('a', 30_000_000)}\""), encoding.Current);

        Assert.InRange(counted, exact * 0.98, exact * 1.02);
        Assert.InRange(run, 30_000_000 / 16, 30_000_000 / 4);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), "a run without spaces is cut");
    }

    [Fact]
    public async Task Count_HalfACharacter_IsEstimated()
    {
        var encoding = new TokenEncodings().Find("gpt-4o")!;
        await encoding.LoadAsync();

        Assert.Equal(2, PromptEstimate.Count("\"\\ud800\\\"\""u8, encoding.Current));
    }

    private static int Tokens(string encoding, string text) => TiktokenTokenizer.CreateForEncoding(encoding).CountTokens(text);
}
