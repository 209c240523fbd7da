namespace Morgan.ModelBuilder.Quantization;

/// <summary>
/// Symmetric int8 quantization: the largest magnitude of each column (or row) becomes ±127, zero stays zero. Products are
/// computed in double and halves are rounded up, so that the result does not depend on the machine.
/// </summary>
internal static class SymmetricInt8
{
    private const int Largest = 127;

    /// <summary>Quantizes a row-major matrix with one scale for each column: weights of a dense layer, [inputs, outputs].</summary>
    public static QuantizedMatrix ByColumn(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var scales = new float[columns];
        for (var i = 0; i < matrix.Length; i++)
        {
            scales[i % columns] = Math.Max(scales[i % columns], Math.Abs(matrix[i]));
        }

        ToScales(scales);
        var values = new sbyte[rows * columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Quantize(matrix[i], scales[i % columns]);
        }

        return new QuantizedMatrix(values, scales);
    }

    /// <summary>Quantizes a row-major matrix with one scale for each row: an embedding table.</summary>
    public static QuantizedMatrix ByRow(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var scales = new float[rows];
        for (var i = 0; i < matrix.Length; i++)
        {
            scales[i / columns] = Math.Max(scales[i / columns], Math.Abs(matrix[i]));
        }

        ToScales(scales);
        var values = new sbyte[rows * columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Quantize(matrix[i], scales[i / columns]);
        }

        return new QuantizedMatrix(values, scales);
    }

    private static void ToScales(float[] largest)
    {
        for (var i = 0; i < largest.Length; i++)
        {
            largest[i] = largest[i] == 0 ? 1 : (float)((double)largest[i] / Largest);
        }
    }

    private static sbyte Quantize(float value, float scale)
    {
        var exact = (double)value / scale;
        var floor = Math.Floor(exact);
        return (sbyte)Math.Clamp(exact - floor >= 0.5 ? floor + 1 : floor, -Largest, Largest);
    }
}
