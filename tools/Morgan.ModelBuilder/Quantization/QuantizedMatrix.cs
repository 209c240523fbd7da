namespace Morgan.ModelBuilder.Quantization;

/// <summary>A matrix in int8: an element is its value here times the scale of its column (or row).</summary>
internal sealed record QuantizedMatrix(sbyte[] Values, float[] Scales);
