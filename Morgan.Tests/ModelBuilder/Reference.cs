using System.Text.Json;

namespace Morgan.Tests.ModelBuilder;

/// <summary>Vectors that the original TensorFlow.js graph gave.</summary>
internal sealed record Reference(IReadOnlyList<Reference.Item> Items)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The shared reference, or the running test is skipped.</summary>
    public static Reference Load() =>
        JsonSerializer.Deserialize<Reference>(File.ReadAllBytes(Shared.Path("models/use-lite/reference.json")), Json)!;

    internal sealed record Item(string Text, int[] Ids, float[] Embedding)
    {
        /// <summary>The ids that the encoder takes: at most 128.</summary>
        public int[] ClippedIds => Ids.Length <= 128 ? Ids : Ids[..128];
    }
}
