using CsCheck;
using Morgan.ModelBuilder.Quantization;

namespace Morgan.Tests.ModelBuilder;

public sealed class SymmetricInt8Tests
{
    private static readonly Gen<(float[] Matrix, int Rows, int Columns)> Matrices =
        from rows in Gen.Int[1, 9]
        from columns in Gen.Int[1, 9]
        from thousandths in Gen.Int[-100_000, 100_000].Array[rows * columns]
        select (Array.ConvertAll(thousandths, value => value / 1000f), rows, columns);

    [Fact]
    public void ByColumn_AnyMatrix_IsWithinHalfAStepOfEveryElement() => Matrices.Sample(sample =>
    {
        var (values, scales) = SymmetricInt8.ByColumn(sample.Matrix, sample.Rows, sample.Columns);
        return sample.Matrix.Select((exact, i) => IsClose(exact, values[i], scales[i % sample.Columns])).All(close => close);
    });

    [Fact]
    public void ByRow_AnyMatrix_IsWithinHalfAStepOfEveryElement() => Matrices.Sample(sample =>
    {
        var (values, scales) = SymmetricInt8.ByRow(sample.Matrix, sample.Rows, sample.Columns);
        return sample.Matrix.Select((exact, i) => IsClose(exact, values[i], scales[i / sample.Columns])).All(close => close);
    });

    [Fact]
    public void ByColumn_LargestMagnitude_Becomes127()
    {
        var (values, scales) = SymmetricInt8.ByColumn([254f, 1f, -127f, -2f], rows: 2, columns: 2);

        Assert.Equal([2f, 2f / 127], scales);
        Assert.Equal(new sbyte[] { 127, 64, -63, -127 }, values);
    }

    [Fact]
    public void ByRow_ZeroRow_StaysZeroWithAScaleOfOne()
    {
        var (values, scales) = SymmetricInt8.ByRow([0f, 0f, 127f, 63.5f], rows: 2, columns: 2);

        Assert.Equal([1f, 1f], scales);
        Assert.Equal(new sbyte[] { 0, 0, 127, 64 }, values);
    }

    private static bool IsClose(float exact, sbyte value, float scale) => Math.Abs(exact - value * scale) <= scale * 0.5001f;
}
