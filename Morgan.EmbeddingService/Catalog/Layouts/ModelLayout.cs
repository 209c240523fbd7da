using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Inference;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>Reads a model's folder: which layout it has, and what its files say. What the user configured goes first.</summary>
internal static class ModelLayout
{
    /// <summary>Reads the folder.</summary>
    /// <exception cref="ConfigurationException">Something is missing or of a kind that Morgan does not run.</exception>
    public static ModelPlan Read(ModelFolder folder, ModelOptions options)
    {
        var backend = options.Backend == Backends.Auto ? Recognise(folder) : options.Backend;
        var read = backend switch
        {
            Backends.SentenceTransformers => SentenceTransformersLayout.Read(folder, options),
            Backends.FastEmbed => Plain(folder, options, backend, Pooling.Cls),
            _ => Plain(folder, options, backend, Pooling.Mean),
        };
        foreach (var file in Directory.Exists(read.TokenizerFolder) ? Directory.EnumerateFiles(read.TokenizerFolder) : [])
        {
            folder.Full(file); // the tokenizer's loader looks for its files by itself
        }

        return Configured(read, options, folder.Key) with { Weights = Weights(folder, read.GraphFile) };
    }

    // The runtime would open whatever file the graph names.
    private static string[] Weights(ModelFolder folder, string graph)
    {
        var beside = Path.GetDirectoryName(graph)!;
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (location, offset, length) in ExternalWeights.Read(graph))
        {
            var isPlain = location.Length > 0 && !Path.IsPathRooted(location) && !location.Split('/', '\\').Contains("..");
            var file = isPlain ? folder.Full(Path.Combine(beside, location)) : "";
            if (!File.Exists(file))
            {
                throw folder.Wrong(graph, $"keeps weights in '{location}', which is no file beside it");
            }

            if (offset < 0 || length < 0 || offset > new FileInfo(file).Length || length > new FileInfo(file).Length - offset)
            {
                throw folder.Wrong(graph, $"says that it has weights past the end of '{location}'");
            }

            files.Add(file);
        }

        return [.. files];
    }

    private static string Recognise(ModelFolder folder)
    {
        if (folder.Has("modules.json"))
        {
            return Backends.SentenceTransformers;
        }

        if (folder.Has("model_optimized.onnx"))
        {
            return Backends.FastEmbed;
        }

        return folder.Has("config.json") && folder.Has("tokenizer.json") ? Backends.HuggingFace : Backends.Onnx;
    }

    // A graph with its tokenizer beside it. Their publishers mean vectors of length 1; fastembed's take the first token.
    private static ModelPlan Plain(ModelFolder folder, ModelOptions options, string backend, Pooling pooling) => new()
    {
        Backend = backend,
        GraphFile = GraphFile.Find(folder, options.File),
        TokenizerFolder = folder.Path,
        Pooling = PoolingConfig.Read(folder, "1_Pooling/config.json") ?? pooling,
        Normalize = true,
        MaxPositions = Positions(folder, "config.json"),
    };

    /// <summary>The positions that a transformer's configuration allows to text, or null.</summary>
    public static int? Positions(ModelFolder folder, string config)
    {
        if (folder.Json(config) is not { } json || json.Int("max_position_embeddings") is not { } positions)
        {
            return null;
        }

        // RoBERTa and its kin count positions from the padding id + 1.
        return json.Text("model_type") is "roberta" or "xlm-roberta" or "camembert" or "mpnet" or "xlm-roberta-xl"
            ? positions - (json.Int("pad_token_id") ?? 1) - 1
            : positions;
    }

    private static ModelPlan Configured(ModelPlan read, ModelOptions options, string key)
    {
        var prompts = new Dictionary<string, string>(read.Prompts, StringComparer.Ordinal);
        foreach (var (name, text) in options.Prompts)
        {
            prompts[name] = text;
        }

        var defaultPrompt = options.DefaultPrompt ?? read.DefaultPrompt;
        if (defaultPrompt is not null && !prompts.ContainsKey(defaultPrompt))
        {
            throw new ConfigurationException(
                $"{key}:DefaultPrompt: there is no prompt '{defaultPrompt}' (there are: {string.Join(", ", prompts.Keys)})");
        }

        return read with
        {
            Pooling = options.Pooling is { } named && PoolingNames.TryParse(named, out var pooling) ? pooling : read.Pooling,
            IsPoolingNamed = options.Pooling is not null,
            Normalize = options.Normalize ?? read.Normalize,
            MaxTokens = options.MaxTokens ?? read.MaxTokens,
            Prompts = prompts,
            DefaultPrompt = defaultPrompt,
        };
    }
}
