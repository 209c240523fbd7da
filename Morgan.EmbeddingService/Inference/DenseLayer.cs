using System.Numerics.Tensors;

namespace Morgan.EmbeddingService.Inference;

/// <summary>A dense module after pooling (sentence-transformers' <c>2_Dense</c>): y = activation(W·x + b).</summary>
/// <param name="Inputs">The length of x.</param>
/// <param name="Outputs">The length of y.</param>
/// <param name="Weights">W, a row per output.</param>
/// <param name="Bias">b, or empty.</param>
/// <param name="IsTanh">Whether the activation is tanh; else there is none.</param>
internal sealed record DenseLayer(int Inputs, int Outputs, float[] Weights, float[] Bias, bool IsTanh)
{
    /// <summary>Computes y from x.</summary>
    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < Outputs; i++)
        {
            y[i] = TensorPrimitives.Dot(Weights.AsSpan(i * Inputs, Inputs), x);
        }

        if (Bias.Length > 0)
        {
            TensorPrimitives.Add(y, Bias, y);
        }

        if (IsTanh)
        {
            TensorPrimitives.Tanh(y, y);
        }
    }
}
