using System.Text.Json;
using Morgan.LlmSimulator.Answers;

namespace Morgan.LlmSimulator.Requests;

/// <summary>Reads messages: the user's last words, the size of it all, and how many images are in it.</summary>
internal sealed class MessageReader
{
    // A chat template spends about four tokens on each message's role and borders.
    private const int TokensPerMessage = 4;

    // What OpenAI charges for an image of low detail.
    private const int TokensPerImage = 85;

    private string _lastUserText = "";
    private int _tokens;

    /// <summary>Images read so far.</summary>
    public int Images { get; private set; }

    /// <summary>What was read.</summary>
    public Prompt ToPrompt() => new(_lastUserText, _tokens);

    /// <summary>Reads the messages of a chat, or the items that <c>/v1/responses</c> takes as input.</summary>
    /// <exception cref="BadRequestException">A message is not an object, or its content neither text nor parts.</exception>
    public void ReadAll(JsonElement messages, string parameter)
    {
        int index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object)
            {
                throw BadRequestException.InvalidValue($"{parameter}[{index}]", $"'{parameter}[{index}]' must be an object.");
            }

            Read(message, $"{parameter}[{index}].content");
            index++;
        }
    }

    /// <summary>Adds a text that stands alone, such as instructions or an input of plain text.</summary>
    public void Add(string text, bool fromUser)
    {
        _tokens += TokensPerMessage + TokenSplitter.Count(text);
        if (fromUser)
        {
            _lastUserText = text;
        }
    }

    private void Read(JsonElement message, string parameter)
    {
        // Tool calls, tool results and reasoning items have no content of this kind, or none at all.
        message.TryGetProperty("content", out var content);
        string text = content.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => "",
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => ReadParts(content),
            _ => throw BadRequestException.InvalidValue(parameter, $"'{parameter}' must be a string or an array of parts."),
        };
        Add(text, fromUser: message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String && role.ValueEquals("user"));
    }

    private string ReadParts(JsonElement parts)
    {
        List<string> texts = [];
        foreach (var part in parts.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            if (part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
            {
                texts.Add(text.GetString()!);
            }
            else if (part.TryGetProperty("image_url", out _) || part.TryGetProperty("file_id", out _))
            {
                Images++;
                _tokens += TokensPerImage;
            }
        }

        return string.Join(' ', texts);
    }
}
