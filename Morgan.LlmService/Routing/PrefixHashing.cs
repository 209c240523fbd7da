using System.IO.Hashing;
using System.Text.Json;

namespace Morgan.LlmService.Routing;

/// <summary>
/// Hashes what requests of one conversation, or of one system prompt and opening, have in common, the same on all
/// replicas: of messages everything up to the end of the first message of the user, of a text its beginning.
/// </summary>
internal static class PrefixHashing
{
    private const int MostBytes = 4096;

    /// <summary>The hash of a prompt as it stands in the body; 0: there is none.</summary>
    public static ulong Of(ReadOnlySpan<byte> prompt)
    {
        if (prompt.IsEmpty)
        {
            return 0;
        }

        var length = prompt[0] == (byte)'[' ? EndOfFirst(prompt) : prompt.Length;
        return Math.Max(1, XxHash3.HashToUInt64(prompt[..Math.Min(length, MostBytes)]));
    }

    private static int EndOfFirst(ReadOnlySpan<byte> messages)
    {
        try
        {
            return EndOfFirstUserMessage(messages);
        }
        catch (InvalidOperationException)
        {
            return messages.Length; // a name or a role that is no Unicode: the host's business
        }
    }

    private static int EndOfFirstUserMessage(ReadOnlySpan<byte> messages)
    {
        var reader = new Utf8JsonReader(messages, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var isUser = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isRole = reader.ValueTextEquals("role"u8);
                reader.Read();
                isUser |= isRole && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("user"u8);
                reader.Skip();
            }

            if (isUser || reader.BytesConsumed >= MostBytes)
            {
                return (int)reader.BytesConsumed;
            }
        }

        return messages.Length;
    }
}
