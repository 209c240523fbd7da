using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Morgan.EmbeddingService.Catalog.Layouts;
using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>
/// Names everything that decides a vector: two models with the same fingerprint give the same vectors, and one index
/// never mixes two fingerprints.
/// </summary>
internal static class ModelFingerprint
{
    /// <summary>Works out the fingerprint: 32 hexadecimal digits, the first half of a SHA-256.</summary>
    /// <param name="plan">The model's files and modules.</param>
    /// <param name="tokenizer">The tokenizer's own fingerprint.</param>
    /// <param name="maxTokens">Where texts are cut.</param>
    /// <param name="precision">The precision of the vectors.</param>
    /// <param name="isExact">False where a vector may depend on the texts that it was computed with.</param>
    public static string Of(ModelPlan plan, string tokenizer, int maxTokens, string precision, bool isExact)
    {
        var text = new StringBuilder("morgan embedding 1\n");
        foreach (var file in plan.GraphFiles)
        {
            using var stream = File.OpenRead(file);
            text.Append(Convert.ToHexStringLower(SHA256.HashData(stream))).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"tokenizer {tokenizer}\npooling {PoolingNames.Of(plan.Pooling)} {plan.IsPoolingNamed}\n");
        foreach (var dense in plan.Dense)
        {
            var weights = SHA256.HashData(MemoryMarshal.AsBytes<float>(dense.Weights));
            var bias = SHA256.HashData(MemoryMarshal.AsBytes<float>(dense.Bias));
            text.Append(CultureInfo.InvariantCulture, $"dense {Convert.ToHexStringLower(weights)} {Convert.ToHexStringLower(bias)} {dense.IsTanh}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"normalize {plan.Normalize}\ntokens {maxTokens}\nprecision {precision}\nexact {isExact}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
