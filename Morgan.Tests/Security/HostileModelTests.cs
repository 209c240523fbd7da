using System.Text.Json.Nodes;
using Morgan.EmbeddingService.Catalog.Layouts;
using Morgan.ModelBuilder.Onnx;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Tests.EmbeddingService;

namespace Morgan.Tests.Security;

/// <summary>Folders of models that were made by somebody who means harm, or who made a mistake: one line that says what, and no more.</summary>
public sealed class HostileModelTests : IDisposable
{
    private readonly TinyModel _model = new();
    private readonly string _outside = Directory.CreateTempSubdirectory("outside-").FullName;

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_outside, recursive: true);
    }

    [Theory]
    [InlineData("../{0}")]
    [InlineData("1_Pooling/../../{0}")]
    [InlineData("/{0}")]
    public async Task Module_OutsideTheFolder_IsRefused(string path)
    {
        path = path.Replace("{0}", Path.GetFileName(_outside), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_outside, "config.json"), """{"pooling_mode":"mean"}""", TestContext.Current.CancellationToken);
        _model.Write("modules.json", new JsonArray(Module("", "Transformer"), Module(path, "Pooling")));
        _model.WriteTokenGraph("model.onnx");

        await RefusedAsync("leads out of the model's folder");
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("config.json")]
    [InlineData("1_Pooling")]
    [InlineData("model.onnx")]
    public async Task Link_OutOfTheFolder_IsRefused(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        _model.WriteTokenGraph("model.onnx");
        _model.Write("config.json", new JsonObject());
        var (inside, elsewhere) = (Path.Combine(_model.Folder, name), Path.Combine(_outside, name));
        if (File.Exists(inside))
        {
            File.Move(inside, elsewhere);
            File.CreateSymbolicLink(inside, elsewhere);
        }
        else
        {
            Directory.CreateDirectory(elsewhere);
            await File.WriteAllTextAsync(Path.Combine(elsewhere, "config.json"), """{"pooling_mode":"mean"}""", TestContext.Current.CancellationToken);
            Directory.CreateSymbolicLink(inside, elsewhere);
        }

        await RefusedAsync("leads out of the model's folder");
    }

    [Fact]
    public async Task Links_InsideTheFolder_AreFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        _model.WriteTokenGraph("..data/model.onnx");
        Directory.Move(Path.Combine(_model.Folder, "..data"), Path.Combine(_model.Folder, "..2026"));
        Directory.CreateSymbolicLink(Path.Combine(_model.Folder, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Combine(_model.Folder, "model.onnx"), "..data/model.onnx");

        await using var host = await EmbeddingHost.StartAsync(
            "--Embedding:DefaultModel", "tiny", "--Embedding:Models:tiny:Source", _model.Folder, "--Embedding:Models:tiny:File", "model.onnx");

        Assert.Equal(TinyModel.Size, (await host.VectorsAsync("a"))[0].Length);
    }

    [Fact]
    public async Task Links_InACircle_AreRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        Directory.CreateSymbolicLink(Path.Combine(_model.Folder, "round"), ".");
        File.CreateSymbolicLink(Path.Combine(_model.Folder, "model.onnx"), "model.onnx");

        await RefusedAsync("tiny");
    }

    [Theory]
    [InlineData("../../../etc")]
    [InlineData("")]
    [InlineData("a/b")]
    public void Branch_ThatNamesNoSnapshot_IsRefused(string commit)
    {
        _model.Write("refs/main", System.Text.Encoding.UTF8.GetBytes(commit));

        var failure = Assert.Throws<ConfigurationException>(() => ModelFolder.Open(_model.Folder, "Embedding:Models:tiny"));

        Assert.Contains("names no commit", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.bin", "0", "4")]
    [InlineData("/etc/hostname", "0", "4")]
    [InlineData("sub\\..\\..\\secret.bin", "0", "4")]
    [InlineData("missing.bin", "0", "4")]
    [InlineData("", "0", "4")]
    [InlineData("weights.bin", "0", "5")]
    [InlineData("weights.bin", "5", "0")]
    [InlineData("weights.bin", "-1", "4")]
    [InlineData("weights.bin", "9223372036854775807", "9223372036854775807")]
    public async Task Graph_WithWeightsElsewhere_IsRefused(string location, string offset, string length)
    {
        _model.Write("weights.bin", new byte[4]);
        _model.WriteTokenGraph("model.onnx");
        Append("model.onnx", new ProtobufWriter().Message(5, External(location, offset, length)));

        await RefusedAsync(location is "weights.bin" ? "past the end of 'weights.bin'" : "which is no file beside it");
    }

    // The same, where a tensor may hide: an attribute of a node, a graph in an attribute, a sparse tensor, a function.
    [Theory]
    [InlineData("attribute")]
    [InlineData("subgraph")]
    [InlineData("sparse")]
    public async Task Graph_WithHiddenWeightsElsewhere_IsRefused(string where)
    {
        var tensor = External("../secret.bin", "0", "4");
        var attribute = where == "subgraph"
            ? new ProtobufWriter().String(1, "body").Message(6, new ProtobufWriter().Message(5, tensor))
            : new ProtobufWriter().String(1, "value").Message(5, tensor);
        _model.WriteTokenGraph("model.onnx");
        Append("model.onnx", where == "sparse"
            ? new ProtobufWriter().Message(15, new ProtobufWriter().Message(1, tensor))
            : new ProtobufWriter().Message(1, new ProtobufWriter().String(4, "Constant").Message(5, attribute)));

        await RefusedAsync("which is no file beside it");
    }

    [Theory]
    [InlineData(127)]
    [InlineData(1)]
    public async Task Graph_WithATensorThatLiesAboutItsSize_IsRefused(byte rows)
    {
        _model.WriteTokenGraph("model.onnx");
        var bytes = await File.ReadAllBytesAsync(Path.Combine(_model.Folder, "model.onnx"), TestContext.Current.CancellationToken);
        var dimensions = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[8, 27, 8, TinyModel.Size]); // of the table: 27 letters
        Assert.True(dimensions > 0);
        bytes[dimensions + 1] = rows;
        _model.Write("model.onnx", bytes);

        await RefusedAsync("model.onnx");
    }

    // Nothing reads it, so the runtime leaves it out, however large it says it is.
    [Theory]
    [InlineData(1L << 40)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    public async Task Graph_WithATensorOfAnySizeThatNothingReads_TakesNoMemory(long dimension)
    {
        _model.WriteTokenGraph("model.onnx");
        Append("model.onnx", new ProtobufWriter().Message(5, new ProtobufWriter().Int(1, dimension).Int(2, 1).String(8, "liar").Bytes(9, new byte[4])));

        await using var host = await EmbeddingHost.StartAsync("--Embedding:DefaultModel", "tiny", "--Embedding:Models:tiny:Source", _model.Folder);

        Assert.Equal(TinyModel.Size, (await host.VectorsAsync("a"))[0].Length);
    }

    [Theory]
    [InlineData("""{"linear.weight":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,4]}}""", "cut off")]
    [InlineData("""{"linear.weight":{"dtype":"F32","shape":[4,6],"data_offsets":[0,9223372036854775807]}}""", "in_features")]
    [InlineData("""{"linear.weight":{"dtype":"F32"},"linear.weight":{"dtype":"F32"}}""", "no safetensors")]
    public async Task Tensors_ThatLie_AreRefused(string header, string expected)
    {
        var isHuge = header.Contains("2147483647,", StringComparison.Ordinal);
        _model.Write("modules.json", new JsonArray(Module("", "Transformer"), Module("2_Dense", "Dense")));
        _model.Write("2_Dense/config.json", new JsonObject { ["in_features"] = isHuge ? int.MaxValue : 6, ["out_features"] = isHuge ? int.MaxValue : 4 });
        _model.Write("2_Dense/model.safetensors",
            [.. BitConverter.GetBytes((long)header.Length), .. System.Text.Encoding.ASCII.GetBytes(header), .. new byte[4]]);
        _model.WriteTokenGraph("model.onnx");

        await RefusedAsync(expected == "in_features" ? "cut off" : expected);
    }

    [Fact]
    public async Task Configuration_WithANameTwice_IsRefused()
    {
        _model.Write("config.json", """{"max_position_embeddings":9,"max_position_embeddings":9999999}"""u8.ToArray());
        _model.WriteTokenGraph("model.onnx");

        await RefusedAsync("config.json is not valid JSON");
    }

    private static JsonObject Module(string path, string type) => new() { ["path"] = path, ["type"] = $"sentence_transformers.models.{type}" };

    private static ProtobufWriter External(string location, string offset, string length)
    {
        var tensor = new ProtobufWriter().Int(1, 1).Int(2, 1).String(8, "far").Int(14, 1);
        foreach (var (key, value) in ((string, string)[])[("location", location), ("offset", offset), ("length", length)])
        {
            tensor.Message(13, new ProtobufWriter().String(1, key).String(2, value));
        }

        return tensor;
    }

    // A message that stands twice is one, merged: so a field of the graph can be added at the end.
    private void Append(string file, ProtobufWriter graph) =>
        _model.Write(file, [.. File.ReadAllBytes(Path.Combine(_model.Folder, file)), .. new ProtobufWriter().Message(7, graph).Written]);

    private async Task RefusedAsync(string expected)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(
            () => EmbeddingHost.StartAsync("--Embedding:DefaultModel", "tiny", "--Embedding:Models:tiny:Source", _model.Folder));
        Assert.StartsWith("Embedding:Models:tiny", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }
}
