using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Inference;

/// <summary>What a graph takes and gives, found from the graph itself.</summary>
/// <param name="InputNames">The names in the graph's order.</param>
/// <param name="Inputs">What each is fed with.</param>
/// <param name="InputTypes">Int64 or Int32, each.</param>
/// <param name="Output">The output that is read.</param>
/// <param name="OutputType">Float or Float16.</param>
/// <param name="IsPooled">Whether that output has one vector a text, not one a token.</param>
/// <param name="Size">The length of its vectors; 0 where the graph doesn't say.</param>
internal sealed record GraphSignature(
    string[] InputNames,
    GraphInput[] Inputs,
    TensorElementType[] InputTypes,
    string Output,
    TensorElementType OutputType,
    bool IsPooled,
    int Size)
{
    private static readonly string[] PooledOutputs = ["sentence_embedding", "sentence_embeddings", "text_embeds", "embeddings"];
    private static readonly string[] TokenOutputs = ["last_hidden_state", "token_embeddings", "hidden_states", "output_0"];

    /// <summary>Reads the signature of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="wantTokens">Whether token vectors are wanted even where the graph pools: the pooling was named.</param>
    /// <param name="key">The configuration key of the model, for error messages.</param>
    /// <exception cref="ConfigurationException">The graph is none of a text embedding model; says what is odd.</exception>
    public static GraphSignature Read(InferenceSession session, bool wantTokens, string key)
    {
        string[] names = [.. session.InputNames];
        var inputs = new GraphInput[names.Length];
        var types = new TensorElementType[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            inputs[i] = Classify(names[i]) ?? throw new ConfigurationException(
                $"{key}: the graph asks for an input '{names[i]}', which Morgan does not know (known: input_ids, attention_mask, token_type_ids, position_ids)");
            types[i] = session.InputMetadata[names[i]].ElementDataType;
            if (types[i] is not (TensorElementType.Int64 or TensorElementType.Int32))
            {
                throw new ConfigurationException($"{key}: the graph's input '{names[i]}' holds {types[i]}, not integers");
            }
        }

        if (!inputs.Contains(GraphInput.Ids))
        {
            throw new ConfigurationException($"{key}: the graph has no input for token ids (input_ids)");
        }

        var output = FindOutput(session, wantTokens) ?? throw new ConfigurationException(
            $"{key}: the graph has no output of embeddings (outputs: {string.Join(", ", session.OutputNames)})");
        var metadata = session.OutputMetadata[output];
        return new GraphSignature(
            names, inputs, types, output, metadata.ElementDataType, metadata.Dimensions.Length == 2, Math.Max(0, metadata.Dimensions[^1]));
    }

    private static GraphInput? Classify(string name) => name switch
    {
        "input_ids" or "ids" or "tokens" => GraphInput.Ids,
        "attention_mask" or "mask" or "input_mask" => GraphInput.Mask,
        "token_type_ids" or "segment_ids" => GraphInput.Types,
        "position_ids" => GraphInput.Positions,
        _ => null,
    };

    private static string? FindOutput(InferenceSession session, bool wantTokens)
    {
        var tokens = Find(session, TokenOutputs, rank: 3);
        return wantTokens && tokens is not null
            ? tokens
            : Find(session, PooledOutputs, rank: 2) ?? tokens ?? Only(session, wantTokens ? 3 : 2) ?? Only(session, 3);
    }

    private static string? Find(InferenceSession session, string[] names, int rank) =>
        names.FirstOrDefault(name => session.OutputMetadata.TryGetValue(name, out var output) && Fits(output, rank));

    // An output of another name counts where it is the only one of its shape.
    private static string? Only(InferenceSession session, int rank)
    {
        string[] fitting = [.. session.OutputMetadata.Where(output => Fits(output.Value, rank)).Select(output => output.Key)];
        return fitting.Length == 1 ? fitting[0] : null;
    }

    private static bool Fits(NodeMetadata output, int rank) =>
        output.IsTensor && output.Dimensions.Length == rank
        && output.ElementDataType is TensorElementType.Float or TensorElementType.Float16;
}
