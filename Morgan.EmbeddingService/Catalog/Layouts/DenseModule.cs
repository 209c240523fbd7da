using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>
/// Reads sentence-transformers' dense module:
/// <c>{"in_features":768,"out_features":128,"bias":true,"activation_function":"torch.nn.modules.activation.Tanh"}</c>
/// and its weights, <c>linear.weight</c> [out, in] and <c>linear.bias</c> [out].
/// </summary>
internal static class DenseModule
{
    /// <summary>Reads the module of a folder.</summary>
    public static DenseLayer Read(ModelFolder folder, string path)
    {
        var config = Path.Combine(path, "config.json");
        var weights = Path.Combine(path, "model.safetensors");
        var json = folder.Json(config) ?? throw folder.Wrong(config, "is missing");
        if (json.Int("in_features") is not > 0 || json.Int("out_features") is not > 0)
        {
            throw folder.Wrong(config, "does not name in_features and out_features");
        }

        if (!folder.Has(weights))
        {
            throw folder.Wrong(weights, "is missing (weights in PyTorch's own format are not read)");
        }

        var (inputs, outputs) = (json.Int("in_features")!.Value, json.Int("out_features")!.Value);
        var activation = json.Text("activation_function")?.Split('.')[^1];
        if (activation is not (null or "Tanh" or "Identity"))
        {
            throw folder.Wrong(config, $"asks for the activation '{activation}'; Morgan has Tanh and Identity");
        }

        var file = SafeTensors.Open(folder, weights);
        return new DenseLayer(
            inputs,
            outputs,
            file.Floats("linear.weight", outputs, inputs),
            json.IsTrue("bias") ? file.Floats("linear.bias", outputs) : [],
            activation == "Tanh");
    }
}
