using System.Text;

namespace Morgan.LlmService;

/// <summary>One of the APIs that the gateway passes on.</summary>
internal sealed class Operation
{
    private Operation(string path, string promptName, string telemetryName)
    {
        (Path, PromptName, TelemetryName) = (path, promptName, telemetryName);
        PromptBytes = Encoding.UTF8.GetBytes(promptName);
    }

    /// <summary><c>POST /v1/chat/completions</c>.</summary>
    public static Operation Chat { get; } = new("chat/completions", "messages", "chat");

    /// <summary><c>POST /v1/completions</c>.</summary>
    public static Operation Completions { get; } = new("completions", "prompt", "text_completion");

    /// <summary><c>POST /v1/responses</c>.</summary>
    public static Operation Responses { get; } = new("responses", "input", "chat");

    /// <summary><c>POST /v1/embeddings</c>.</summary>
    public static Operation Embeddings { get; } = new("embeddings", "input", "embeddings");

    /// <summary>The path after <c>/v1/</c>, the same here and at a host.</summary>
    public string Path { get; }

    /// <summary>The field that holds the prompt.</summary>
    public string PromptName { get; }

    /// <summary>The same in UTF-8.</summary>
    public ReadOnlySpan<byte> PromptField => PromptBytes;

    /// <summary><c>gen_ai.operation.name</c>.</summary>
    public string TelemetryName { get; }

    private byte[] PromptBytes { get; }
}
