using System.Text;
using Morgan.LlmService.Relay;

namespace Morgan.Tests.LlmService.Relay;

public sealed class SseEventTests
{
    [Theory]
    [InlineData("data: x\n\n", "x", false)]
    [InlineData("data:x\n\n", "x", false)]
    [InlineData("\uFEFFdata: x\n\n", "x", false)]
    [InlineData(": comment\n\n", "", false)]
    [InlineData("data: \n\n", "", false)]
    [InlineData("database: x\n\n", "", false)]
    [InlineData("event: error\ndata: {}\n\n", "{}", true)]
    [InlineData("error: {\"code\":500}\n\n", "{\"code\":500}", true)]
    [InlineData("data: a\r\ndata: b\r\n\r\n", "a\nb", false)]
    public void Parse_Lines_GivesDataAndKind(string raw, string data, bool isError)
    {
        var parsed = SseEvent.Parse(Encoding.UTF8.GetBytes(raw), atStart: true);

        Assert.Equal(data, Encoding.UTF8.GetString(parsed.Data));
        Assert.Equal(isError, parsed.IsError);
        Assert.Equal(data.Length > 0, parsed.HasData);
    }

    // As clients take it, who know of no field by that name.
    [Fact]
    public void Parse_ByteOrderMarkWithinTheStream_IsPartOfTheFieldsName() => Assert.False(SseEvent.Parse("\uFEFFdata: x\n\n"u8).HasData);

    [Theory]
    [InlineData("data: [DONE]\n\n", true)]
    [InlineData("data:[DONE] \n\n", true)]
    [InlineData("data: \"[DONE]\"\n\n", false)]
    public void IsDone_OnlyForDone(string raw, bool done) => Assert.Equal(done, SseEvent.Parse(Encoding.UTF8.GetBytes(raw)).IsDone);
}
