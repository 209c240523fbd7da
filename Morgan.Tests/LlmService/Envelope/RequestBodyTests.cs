using Microsoft.AspNetCore.Http;
using Morgan.LlmService.Envelope;

namespace Morgan.Tests.LlmService.Envelope;

public sealed class RequestBodyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Read_UpToTheLimit_HoldsEveryByte(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);

        using var body = await RequestBody.ReadAsync(Request(bytes, announced: null), 3_000_000, TestContext.Current.CancellationToken);

        Assert.Equal(bytes, body!.Span.ToArray());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10L)]
    [InlineData(2000L)]
    public async Task Read_PastTheLimit_IsNull(long? announced) =>
        Assert.Null(await RequestBody.ReadAsync(Request(new byte[2000], announced), 1000, TestContext.Current.CancellationToken));

    [Fact]
    public void Memory_WhileAnAttemptStillSends_IsKept()
    {
        var body = RequestBody.Of("abc"u8);
        Assert.True(body.TryAddReader());

        body.Dispose();

        Assert.Equal("abc"u8, body.Memory.Span);
        body.RemoveReader();
        Assert.False(body.TryAddReader());
    }

    private static HttpRequest Request(byte[] bytes, long? announced)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(bytes);
        request.ContentLength = announced;
        return request;
    }
}
