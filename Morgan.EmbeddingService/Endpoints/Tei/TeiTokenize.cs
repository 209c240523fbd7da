using System.Buffers;
using System.Text.Json;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.EmbeddingService.Endpoints.Tei;

/// <summary><c>POST /tokenize</c>: <c>[[{"id":101,"text":"[CLS]","special":true},…]]</c>.</summary>
internal static class TeiTokenize
{
    private const int FlushBytes = 128 * 1024;

    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(JobRunner runner, ModelCatalog catalog, HttpContext context, RequestBody body)
    {
        using var request = TeiReader.Read(body.Bytes, mayBeIds: false);
        var entry = runner.Allowed(context, request.Model);
        var model = await catalog.HoldAsync(entry, context.RequestAborted);
        try
        {
            await WriteAsync(context, body, request, model.Tokenizer ?? throw Rejection.InvalidValue(
                "model", $"The model '{model.Name}' is tokenised by its hosts."));
        }
        finally
        {
            model.Release();
        }
    }

    // Everything is tokenised before the first byte goes out, so that a bad text can still be refused.
    private static async Task WriteAsync(HttpContext context, RequestBody body, TeiRequest request, ITokenizer tokenizer)
    {
        using var tokens = new TokenBuffer();
        var ends = new int[request.Inputs.Count];
        for (var i = 0; i < ends.Length; i++)
        {
            Encode(body, request, i, tokenizer, tokens);
            ends[i] = tokens.Count;
        }

        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartArray();
        for (int i = 0, at = 0; i < ends.Length; i++)
        {
            writer.WriteStartArray();
            for (; at < ends[i]; at++)
            {
                WriteToken(writer, tokenizer, tokens.Ids[at]);
                if (writer.BytesPending > FlushBytes)
                {
                    await writer.FlushAsync(context.RequestAborted);
                }
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void Encode(RequestBody body, TeiRequest request, int index, ITokenizer tokenizer, TokenBuffer tokens)
    {
        var slice = request.Inputs[index];
        var text = ArrayPool<char>.Shared.Rent(slice.Length);
        var length = TextDecoder.Decode(body.Bytes.Slice(slice.Start, slice.Length), slice.IsEscaped, text);
        if (length >= 0)
        {
            tokenizer.Encode(text.AsSpan(0, length), tokens, int.MaxValue, request.AddSpecialTokens);
        }

        ArrayPool<char>.Shared.Return(text);
        if (length < 0)
        {
            var name = request.Inputs.NameOf(index);
            throw Rejection.InvalidValue(name, $"'{name}' is not valid Unicode text.");
        }
    }

    private static void WriteToken(Utf8JsonWriter writer, ITokenizer tokenizer, int id)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id"u8, id);
        writer.WriteString("text"u8, tokenizer.TokenOf(id));
        writer.WriteBoolean("special"u8, tokenizer.IsSpecial(id));
        writer.WriteNull("start"u8);
        writer.WriteNull("stop"u8);
        writer.WriteEndObject();
    }
}
