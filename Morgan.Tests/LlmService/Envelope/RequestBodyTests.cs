using Microsoft.AspNetCore.Http;
using Morgan.Benchmarks.Limits;
using Morgan.LlmService.Configuration;
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

        var held = Held(16_000_000);

        var (body, error) = await RequestBody.ReadAsync(Request(bytes, announced: null), 3_000_000, held, TestContext.Current.CancellationToken);

        Assert.Null(error);
        Assert.Equal(bytes, body!.Span.ToArray());
        Assert.InRange(held.Held, length, 8_000_000);
        body.Dispose();
        Assert.Equal(0, held.Held);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10L)]
    [InlineData(2000L)]
    public async Task Read_PastTheLimit_IsTooLarge(long? announced)
    {
        var held = Held(1_000_000);

        var (body, error) = await RequestBody.ReadAsync(Request(new byte[2000], announced), 1000, held, TestContext.Current.CancellationToken);

        Assert.Null(body);
        Assert.Equal((413, "request_too_large"), (error!.Status, error.Code));
        Assert.Equal(0, held.Held);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(100_000L)]
    public async Task Read_PastWhatAllTogetherMayHold_IsOverloadedUntilOneIsGone(long? announced)
    {
        var held = Held(200_000);
        var (first, _) = await RequestBody.ReadAsync(Request(new byte[100_000], announced), 100_000, held, TestContext.Current.CancellationToken);

        var (second, error) = await RequestBody.ReadAsync(Request(new byte[100_000], announced), 100_000, held, TestContext.Current.CancellationToken);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.Equal((503, "overloaded"), (error!.Status, error.Code));
        first.Dispose();
        Assert.Equal(0, held.Held);
    }

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

    private static HeldMemory Held(long limit) => new(new FixedOptions<LlmOptions>(new LlmOptions { MaxHeldBytes = limit }));

    private static HttpRequest Request(byte[] bytes, long? announced)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(bytes);
        request.ContentLength = announced;
        return request;
    }
}
