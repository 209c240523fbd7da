using System.Text.Json.Nodes;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>
/// Reads a folder of sentence-transformers: modules.json lists the steps, each with a folder of its own:
/// <c>[{"idx":0,"path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"path":"1_Pooling",…}]</c>.
/// </summary>
internal static class SentenceTransformersLayout
{
    /// <summary>Reads the folder.</summary>
    public static ModelPlan Read(ModelFolder folder, ModelOptions options)
    {
        var (transformer, pooling, normalize) = ("", (Pooling?)null, false);
        var dense = new List<DenseLayer>();
        foreach (var module in folder.JsonList("modules.json"))
        {
            var path = module.Text("path") ?? "";
            switch (module.Text("type")?.Split('.')[^1])
            {
                case "Transformer":
                    transformer = path;
                    break;
                case "Pooling":
                    pooling = PoolingConfig.Read(folder, Path.Combine(path, "config.json"));
                    break;
                case "Dense":
                    dense.Add(DenseModule.Read(folder, path));
                    break;
                case "Normalize":
                    normalize = true;
                    break;
                default:
                    throw folder.Wrong("modules.json", $"asks for a module of type '{module.Text("type")}'; Morgan has Transformer, Pooling, Dense and Normalize");
            }
        }

        var prompts = folder.Json("config_sentence_transformers.json");
        return new ModelPlan
        {
            Backend = Backends.SentenceTransformers,
            GraphFile = GraphFile.Find(folder, options.File),
            TokenizerFolder = folder.Full(transformer),
            Pooling = pooling ?? Pooling.Mean,
            Dense = dense,
            Normalize = normalize,
            MaxTokens = folder.Json(Path.Combine(transformer, "sentence_bert_config.json"))?.Int("max_seq_length"),
            MaxPositions = ModelLayout.Positions(folder, Path.Combine(transformer, "config.json")),
            Prompts = prompts?["prompts"] is JsonObject named ? Texts(named) : [],
            DefaultPrompt = prompts?.Text("default_prompt_name"),
        };
    }

    private static Dictionary<string, string> Texts(JsonObject named)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _) in named)
        {
            texts[name] = named.Text(name) ?? "";
        }

        return texts;
    }
}
