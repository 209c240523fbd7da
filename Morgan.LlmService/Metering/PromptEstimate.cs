using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace Morgan.LlmService.Metering;

/// <summary>Estimates a prompt's tokens before a host has counted them.</summary>
internal static class PromptEstimate
{
    /// <summary>What role, separators and names of a message cost.</summary>
    private const int TokensPerMessage = 4;

    /// <summary>What a picture costs with most models, in low detail.</summary>
    private const int TokensPerPicture = 255;

    /// <summary>Estimates the value of <c>messages</c>, <c>prompt</c> or <c>input</c>.</summary>
    /// <param name="prompt">JSON that has been read once without an error.</param>
    /// <param name="tokenizer">The model's; null: four bytes of text are taken for a token.</param>
    public static long Count(ReadOnlySpan<byte> prompt, Tokenizer? tokenizer = null)
    {
        if (prompt.IsEmpty)
        {
            return 0;
        }

        var text = new TextTokens(tokenizer);
        long tokens = 0;
        var reader = new Utf8JsonReader(prompt, new JsonReaderOptions { MaxDepth = 512 });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String when IsPicture(reader.ValueSpan):
                    tokens += TokensPerPicture;
                    break;
                case JsonTokenType.String:
                    text.Add(ref reader);
                    break;
                case JsonTokenType.Number:
                    tokens++; // a token id
                    break;
                case JsonTokenType.StartObject when reader.CurrentDepth == 1:
                    tokens += TokensPerMessage;
                    break;
                default:
                    break;
            }
        }

        return tokens + text.Sum;
    }

    // "data:image/png;base64,…": its length says nothing about its tokens.
    private static bool IsPicture(ReadOnlySpan<byte> text) => text.StartsWith("data:"u8);
}
