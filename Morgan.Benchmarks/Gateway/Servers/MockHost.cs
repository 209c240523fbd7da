using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>A host that answers at once with fixed bytes: a chat completion, or a stream of fifty events and <c>[DONE]</c>.</summary>
internal static class MockHost
{
    private static readonly byte[] Models = Encoding.UTF8.GetBytes("""{"object":"list","data":[{"id":"mock","object":"model","created":1735689600,"owned_by":"mock"}]}""");

    private static readonly byte[] Whole = Encoding.UTF8.GetBytes(
        """{"id":"chatcmpl-1","object":"chat.completion","created":1735689600,"model":"mock","choices":[{"index":0,"message":{"role":"assistant","content":"TEXT"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":100,"total_tokens":120}}"""
            .Replace("TEXT", string.Concat(Enumerable.Repeat("word ", 100)), StringComparison.Ordinal));

    private static readonly byte[][] Chunks = StreamOf(50);

    /// <summary>Bytes of the whole answer.</summary>
    public static int WholeLength => Whole.Length;

    /// <summary>Bytes of the stream, all events together.</summary>
    public static int StreamLength => Chunks.Sum(chunk => chunk.Length);

    /// <summary>A stream of so many events and <c>[DONE]</c>.</summary>
    public static byte[][] StreamOf(int events) =>
        [.. Enumerable.Range(0, events).Select(index => Chunk(index, index == events - 1)), [.. "data: [DONE]\n\n"u8]];

    /// <summary>Builds it.</summary>
    /// <param name="args">Command line, of which <c>--urls</c> is used.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(AnswerAsync);
        return app;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await WriteAsync(response, Models);
        }
        else if (!await IsStreamAsync(context.Request))
        {
            await WriteAsync(response, Whole);
        }
        else
        {
            response.ContentType = "text/event-stream";
            foreach (var chunk in Chunks)
            {
                await response.BodyWriter.WriteAsync(chunk);
            }
        }
    }

    private static async Task WriteAsync(HttpResponse response, byte[] bytes)
    {
        response.ContentLength = bytes.Length;
        await response.BodyWriter.WriteAsync(bytes);
    }

    // The requests are the benchmark's own, and small.
    private static async Task<bool> IsStreamAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            if (read.IsCompleted)
            {
                var isStream = read.Buffer.IsSingleSegment && read.Buffer.FirstSpan.IndexOf("\"stream\":true"u8) >= 0;
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return isStream;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static byte[] Chunk(int index, bool isLast) => Encoding.UTF8.GetBytes(
        $$$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1735689600,"model":"mock","choices":[{"index":0,"delta":{"content":" word{{{index}}}"},"finish_reason":{{{(isLast ? "\"stop\"" : "null")}}}}]}""" + "\n\n");
}
