using CsCheck;
using Morgan.EmbeddingService.Caching;

namespace Morgan.Tests.Chaos;

/// <summary>Whatever is kept, dropped, shared and resized: never a vector of another text, model or precision.</summary>
public sealed class CachePropertyTests
{
    private const int Models = 3;
    private const int Texts = 12;

    private enum Step
    {
        Add,
        Get,
        Clear,
        Replace,
    }

    [Fact]
    public void L1_AnySteps_GivesOnlyWhatWasKeptForThatTextOfThatModel() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, Models - 1], Gen.Int[0, Texts - 1]).Array[1, 300].Sample(
            steps =>
            {
                // So small that entries are dropped all the time; all models have vectors of one length.
                var cache = new L1Cache(10 * (4 * 4 + 200));
                var version = 0;
                var shards = Enumerable.Range(0, Models).Select(_ => (Shard: cache.Add(4), Id: version++)).ToArray();
                foreach (var (step, model, text) in steps)
                {
                    var (shard, id) = shards[model];
                    switch (step)
                    {
                        case Step.Add:
                            shard.Add((UInt128)text, [id, text, 0, 1]);
                            break;
                        case Step.Get when shard.TryGet((UInt128)text, out var vector):
                            Assert.Equal([id, text, 0, 1], vector);
                            break;
                        case Step.Clear:
                            cache.Clear();
                            break;
                        case Step.Replace:
                            cache.Remove(shard);
                            shards[model] = (cache.Add(4), version++);
                            break;
                        default:
                            break;
                    }
                }
            },
            iter: 500);

    [Fact]
    public void Entry_UnderAnyKeySizeAndPrecision_IsReadOnlyAsItWasWritten() =>
        Gen.Select(Gen.Single.Array[1, 64], Gen.ULong, Gen.ULong, Gen.Int[1, 64], Gen.Bool, Gen.Bool).Sample((numbers, key, other, dimensions, half, readHalf) =>
        {
            float[] vector = half ? [.. numbers.Select(number => (float)(Half)number)] : numbers;
            var entry = EntryFormat.Encode(vector, key, half);

            var read = EntryFormat.Decode(entry, other, dimensions, readHalf);

            Assert.Equal(key == other && dimensions == vector.Length && half == readHalf, read is not null);
            Assert.NotNull(EntryFormat.Decode(entry, key, vector.Length, half));
        });
}
