using Morgan.LlmService.Routing;

namespace Morgan.Tests.LlmService.Routing;

public sealed class NearestNamesTests
{
    private static readonly string[] Names = ["llama3.2:latest", "llama3", "gpt-4o-mini", "gpt-4o", "qwen3:8b", "mistral"];

    [Theory]
    [InlineData("lama3", "llama3")]
    [InlineData("GPT-4o", "gpt-4o")]
    [InlineData("qwen3:b8", "qwen3:8b")]
    [InlineData("mistarl", "mistral")]
    public void Of_Misspelt_NamesTheNearestFirst(string name, string nearest) => Assert.Equal(nearest, NearestNames.Of(name, Names)[0]);

    [Theory]
    [InlineData("completely-different")]
    [InlineData("x")]
    public void Of_NothingNear_IsEmpty(string name) => Assert.Empty(NearestNames.Of(name, Names));

    [Fact]
    public void Of_AbsurdlyLongName_IsEmpty() => Assert.Empty(NearestNames.Of(new string('a', 100_000), Names));
}
