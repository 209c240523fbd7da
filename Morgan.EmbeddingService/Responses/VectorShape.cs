namespace Morgan.EmbeddingService.Responses;

/// <summary>How a client wants vectors; entries of the cache hold them whole, and every shape is derived on the way out.</summary>
/// <param name="Dimensions">How many components; fewer than there are: the first ones, brought to length 1 again.</param>
/// <param name="MakeUnit">Whether a whole vector is brought to length 1 too: the model does not do it.</param>
internal readonly record struct VectorShape(int Dimensions, bool MakeUnit = false)
{
    /// <summary>Whether a vector is not written as it is.</summary>
    public bool Changes(ReadOnlySpan<float> vector) => MakeUnit || Dimensions < vector.Length;
}
