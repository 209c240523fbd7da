namespace Morgan.EmbeddingService.Configuration;

/// <summary>One model: <c>Embedding:Models:NAME</c>. What is null is as the model's own files say.</summary>
internal sealed record ModelOptions
{
    /// <summary>
    /// A folder, or a Hugging Face repository id such as <c>sentence-transformers/all-MiniLM-L6-v2</c>. With the backend
    /// <c>remote</c>, the model's name at the hosts.
    /// </summary>
    public string Source { get; set; } = "";

    /// <summary>The repository's branch, tag or commit; null: its main branch. A folder has none.</summary>
    public string? Revision { get; set; }

    /// <summary>The .onnx file, relative to the model's folder; null: the one of the layout.</summary>
    public string? File { get; set; }

    /// <summary>One of <see cref="Backends.All"/> [auto: told by the files].</summary>
    public string Backend { get; set; } = Backends.Auto;

    /// <summary>cls, mean, max or last-token.</summary>
    public string? Pooling { get; set; }

    /// <summary>Whether vectors are brought to length 1.</summary>
    public bool? Normalize { get; set; }

    /// <summary>The longest input in tokens, special tokens included; 1 to 1,048,576.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>What happens to a longer text: <c>truncate</c> (said in the response) or <c>error</c> (400) [truncate].</summary>
    public string OnOverflow { get; set; } = Overflow.Truncate;

    /// <summary>auto, cpu or cuda [auto: cuda where it works, else cpu].</summary>
    public string Device { get; set; } = Devices.Auto;

    /// <summary>
    /// Options of ONNX Runtime's CUDA provider by its own names, such as <c>device_id</c>, <c>gpu_mem_limit</c> or
    /// <c>arena_extend_strategy</c>.
    /// </summary>
    public Dictionary<string, string> Cuda { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The idle time after which the model is unloaded; null: never.</summary>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>Texts put before the input, by the name that a request's <c>prompt_name</c> gives. Added to those of the model's files.</summary>
    public Dictionary<string, string> Prompts { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The prompt of requests that name none; null: as the model's files say.</summary>
    public string? DefaultPrompt { get; set; }
}
