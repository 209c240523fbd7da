namespace Morgan.ModelBuilder.Encoder;

/// <summary>The timing signal of every position that the encoder knows.</summary>
internal static class TimingTable
{
    /// <summary>Row-major [128, 256]: in row p the sines of p times each frequency, then the cosines.</summary>
    public static float[] Compute(ReadOnlySpan<float> frequencies)
    {
        var table = new float[EncoderWeights.MaxTokens * EncoderWeights.Embedding];
        for (var position = 0; position < EncoderWeights.MaxTokens; position++)
        {
            var row = table.AsSpan(position * EncoderWeights.Embedding, EncoderWeights.Embedding);
            for (var i = 0; i < frequencies.Length; i++)
            {
                var angle = position * frequencies[i];
                row[i] = (float)Math.Sin(angle);
                row[frequencies.Length + i] = (float)Math.Cos(angle);
            }
        }

        return table;
    }
}
