using System.Runtime.InteropServices;
using System.Text;
using Morgan.ModelBuilder;
using Morgan.ModelBuilder.Tfjs;

namespace Morgan.Tests.ModelBuilder;

public sealed class TfjsWeightsTests : IDisposable
{
    private const string TwoShards =
        """
        {"weightsManifest":[{"paths":["a","b"],"weights":[
          {"name":"m","shape":[2,2],"dtype":"float32"},
          {"name":"axis","shape":[1],"dtype":"int32"},
          {"name":"v","shape":[3],"dtype":"float32"}]}]}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WeightAcrossShards_IsRead()
    {
        Write(TwoShards, bytesOfFirstShard: 10, totalBytes: 32);

        var weights = TfjsWeights.Load(_folder.Path);

        Assert.Equal([0f, 1f, 2f, 3f], weights.Get("m", 2, 2));
        Assert.Equal([5f, 6f, 7f], weights.Get("v", 3));
    }

    [Theory]
    [InlineData(31, "cut short: weight 'v' ends at byte 32 of 31")]
    [InlineData(12, "cut short: weight 'm' ends at byte 16 of 12")]
    [InlineData(33, "the shards hold 33 bytes, the weights in model.json 32")]
    public void Load_ShardsOfAnotherLength_SaysWhereTheyEnd(int totalBytes, string expected)
    {
        Write(TwoShards, bytesOfFirstShard: 10, totalBytes);

        Assert.Contains(expected, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingShard_NamesIt()
    {
        _folder.Write("model.json", Encoding.UTF8.GetBytes(TwoShards));

        var exception = Assert.Throws<FileNotFoundException>(() => TfjsWeights.Load(_folder.Path));

        Assert.Contains(Path.Combine(_folder.Path, "a"), exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "not a TensorFlow.js model file")]
    [InlineData("{}", "not a TensorFlow.js model file")]
    [InlineData("""{"weightsManifest":null}""", "not a TensorFlow.js model file")]
    [InlineData("""{"weightsManifest":[{"paths":["../a"],"weights":[]}]}""", "'../a'")]
    [InlineData("""{"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[-1],"dtype":"float32"}]}]}""", "[-1]")]
    [InlineData("""{"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[99999,99999],"dtype":"float32"}]}]}""", "'w'")]
    [InlineData("""{"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[],"dtype":"string"}]}]}""", "'string'")]
    [InlineData("""{"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[],"dtype":"float32","quantization":{"scale":1}}]}]}""", "quantized")]
    public void Load_BadModelFile_SaysWhatIsWrong(string json, string expected)
    {
        _folder.Write("model.json", Encoding.UTF8.GetBytes(json));

        Assert.Contains(expected, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Get_OtherShapeOrName_IsRefused()
    {
        Write(TwoShards, bytesOfFirstShard: 16, totalBytes: 32);
        var weights = TfjsWeights.Load(_folder.Path);

        Assert.Equal("weight 'm' has shape [2, 2], not [4]", Assert.Throws<BuildException>(() => weights.Get("m", 4)).Message);
        Assert.Contains("'x'", Assert.Throws<BuildException>(() => weights.Get("x", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("'axis'", Assert.Throws<BuildException>(() => weights.Get("axis", 1)).Message, StringComparison.Ordinal);
    }

    // Floats 0, 1, 2, … through both shards, then zero bytes.
    private void Write(string json, int bytesOfFirstShard, int totalBytes)
    {
        var bytes = new byte[totalBytes];
        MemoryMarshal.AsBytes<float>([0, 1, 2, 3, 4, 5, 6, 7])[..Math.Min(32, totalBytes)].CopyTo(bytes);
        _folder.Write("model.json", Encoding.UTF8.GetBytes(json));
        _folder.Write("a", bytes.AsSpan(0, bytesOfFirstShard));
        _folder.Write("b", bytes.AsSpan(bytesOfFirstShard));
    }

    private string Refused() => Assert.Throws<BuildException>(() => TfjsWeights.Load(_folder.Path)).Message;
}
