using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text.Json;
using Morgan.EmbeddingService.Pipeline;
using Morgan.EmbeddingService.Requests;

namespace Morgan.EmbeddingService.Responses;

/// <summary>
/// Writes OpenAI's answer straight into the response:
/// <c>{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,…]}],"model":"use-lite","usage":{"prompt_tokens":8,"total_tokens":8}}</c>.
/// </summary>
internal static class OpenAiWriter
{
    private const int FlushBytes = 128 * 1024;

    private static ReadOnlySpan<byte> Head => """{"object":"list","data":["""u8;

    private static ReadOnlySpan<byte> ItemHead => """{"object":"embedding","index":"""u8;

    private static ReadOnlySpan<byte> ItemVector => ",\"embedding\":"u8;

    private static ReadOnlySpan<byte> Model => "],\"model\":\""u8;

    private static ReadOnlySpan<byte> Usage => "\",\"usage\":{\"prompt_tokens\":"u8;

    private static ReadOnlySpan<byte> Total => ",\"total_tokens\":"u8;

    /// <summary>Writes the answer.</summary>
    /// <param name="context">The request's.</param>
    /// <param name="job">All of whose vectors are there.</param>
    /// <param name="encoding">How to write vectors.</param>
    /// <param name="shape">The vectors' shape.</param>
    /// <param name="details">Whether each item says its tokens, and whether it was cut.</param>
    public static async Task WriteAsync(HttpContext context, EmbeddingJob job, VectorEncoding encoding, VectorShape shape, bool details)
    {
        var model = JsonEncodedText.Encode(job.Model.Name);
        var response = context.Response;
        response.ContentType = "application/json";
        if (encoding == VectorEncoding.Base64 && !details)
        {
            response.ContentLength = Length(job, model, shape.Dimensions);
        }

        var output = response.BodyWriter;
        output.Write(Head);
        for (var i = 0; i < job.Inputs.Count; i++)
        {
            WriteItem(output, job.Items[i], i, encoding, shape, details);
            if (output.UnflushedBytes > FlushBytes && (await output.FlushAsync(context.RequestAborted)).IsCompleted)
            {
                return;
            }
        }

        WriteTail(output, model, job.Tokens);
        await output.FlushAsync(context.RequestAborted);
    }

    private static void WriteItem(PipeWriter output, in EmbeddingItem item, int index, VectorEncoding encoding, VectorShape shape, bool details)
    {
        if (index > 0)
        {
            output.Write(","u8);
        }

        output.Write(ItemHead);
        WriteNumber(output, index);
        output.Write(ItemVector);
        if (encoding == VectorEncoding.Base64)
        {
            VectorText.WriteBase64(output, item.Vector, shape);
        }
        else
        {
            VectorText.WriteNumbers(output, item.Vector, shape);
        }

        if (details)
        {
            output.Write(",\"tokens\":"u8);
            WriteNumber(output, item.Tokens);
            output.Write(item.IsTruncated ? ",\"truncated\":true"u8 : ",\"truncated\":false"u8);
        }

        output.Write("}"u8);
    }

    private static void WriteTail(PipeWriter output, JsonEncodedText model, int tokens)
    {
        output.Write(Model);
        output.Write(model.EncodedUtf8Bytes);
        output.Write(Usage);
        WriteNumber(output, tokens);
        output.Write(Total);
        WriteNumber(output, tokens);
        output.Write("}}"u8);
    }

    // With a known length the response needs no chunks.
    private static long Length(EmbeddingJob job, JsonEncodedText model, int dimensions)
    {
        var perItem = ItemHead.Length + ItemVector.Length + VectorText.Base64Length(dimensions) + 1;
        var length = Head.Length + ((long)job.Inputs.Count * (perItem + 1)) - 1;
        for (long first = 0, digits = 1, next = 10; first < job.Inputs.Count; first = next, digits++, next *= 10)
        {
            length += (Math.Min(next, job.Inputs.Count) - first) * digits;
        }

        return length + Model.Length + model.EncodedUtf8Bytes.Length + Usage.Length + Total.Length + (2 * Digits(job.Tokens)) + 2;
    }

    private static int Digits(int number)
    {
        Span<byte> text = stackalloc byte[16];
        Utf8Formatter.TryFormat(number, text, out var digits);
        return digits;
    }

    private static void WriteNumber(PipeWriter output, int number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(16), out var written);
        output.Advance(written);
    }
}
