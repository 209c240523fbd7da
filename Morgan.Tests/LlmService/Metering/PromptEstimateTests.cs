using System.Text;
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
}
