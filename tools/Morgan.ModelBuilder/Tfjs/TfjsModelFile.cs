using System.Text.Json;

namespace Morgan.ModelBuilder.Tfjs;

/// <summary>What is read of a TensorFlow.js model.json: where the weights are, not how they are computed with.</summary>
internal sealed record TfjsModelFile
{
    public required IReadOnlyList<Group> WeightsManifest { get; init; }

    /// <summary>Weights that lie one after another in files that belong together.</summary>
    internal sealed record Group
    {
        public required IReadOnlyList<string> Paths { get; init; }

        public required IReadOnlyList<Spec> Weights { get; init; }
    }

    /// <summary>One weight: its name, shape and element type.</summary>
    internal sealed record Spec
    {
        public required string Name { get; init; }

        public required IReadOnlyList<int> Shape { get; init; }

        public required string Dtype { get; init; }

        public JsonElement? Quantization { get; init; }
    }
}
