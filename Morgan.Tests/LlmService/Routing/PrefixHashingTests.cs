using Morgan.LlmService.Routing;

namespace Morgan.Tests.LlmService.Routing;

public sealed class PrefixHashingTests
{
    private const string Opening = """{"role":"system","content":"Be kind"},{"content":"Hello","role":"user"}""";

    [Fact]
    public void Of_ConversationThatGrows_StaysTheSame() =>
        Assert.Equal(
            Hash($"[{Opening}]"),
            Hash($$"""[{{Opening}},{"role":"assistant","content":"Hi"},{"role":"user","content":"And?"}]"""));

    [Theory]
    [InlineData("""[{"role":"system","content":"Be kind"},{"content":"Goodbye","role":"user"}]""")]
    [InlineData("""[{"role":"system","content":"Be rude"},{"content":"Hello","role":"user"}]""")]
    [InlineData("\"Hello\"")]
    public void Of_AnotherOpening_IsAnother(string prompt) => Assert.NotEqual(Hash($"[{Opening}]"), Hash(prompt));

    [Fact]
    public void Of_LongText_IsItsBeginning() =>
        Assert.Equal(Hash($"\"{new string('a', 5000)}x\""), Hash($"\"{new string('a', 5000)}y\""));

    [Fact]
    public void Of_NoPrompt_IsZero() => Assert.Equal(0UL, Hash(""));

    private static ulong Hash(string prompt) => PrefixHashing.Of(System.Text.Encoding.UTF8.GetBytes(prompt));
}
