using System.Text.Json;

namespace Morgan.LlmService.Metering;

/// <summary>Estimates a prompt's tokens before a host has counted them: four bytes of text to a token.</summary>
internal static class PromptEstimate
{
    private const int BytesPerToken = 4;

    /// <summary>What role, separators and names of a message cost.</summary>
    private const int TokensPerMessage = 4;

    /// <summary>What a picture costs with most models, in low detail.</summary>
    private const int TokensPerPicture = 255;

    /// <summary>Estimates the value of <c>messages</c>, <c>prompt</c> or <c>input</c>.</summary>
    public static long Count(ReadOnlySpan<byte> prompt)
    {
        if (prompt.IsEmpty)
        {
            return 0;
        }

        long bytes = 0;
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
                    bytes += reader.ValueSpan.Length;
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

        return tokens + OfBytes(bytes);
    }

    /// <summary>The tokens of so much text.</summary>
    public static long OfBytes(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    // "data:image/png;base64,…": its length says nothing about its tokens.
    private static bool IsPicture(ReadOnlySpan<byte> text) => text.StartsWith("data:"u8);
}
