using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Morgan.EmbeddingService.Requests;

namespace Morgan.Tests.EmbeddingService.Endpoints;

/// <summary>Bad input: a 4xx that names the parameter, or the right answer; never a 5xx.</summary>
public sealed class BadInputTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EmbeddingHost Host => fixture.Host;

    [Theory]
    [InlineData("""{"input":[]}""", "input", "invalid_value")]
    [InlineData("""{"input":[[]]}""", "input[0]", "invalid_value")]
    [InlineData("""{"input":null}""", "input", "missing_required_parameter")]
    [InlineData("""{"model":"use-lite"}""", "input", "missing_required_parameter")]
    [InlineData("""{"input":7}""", "input", "invalid_value")]
    [InlineData("""{"input":{"text":"a"}}""", "input", "invalid_value")]
    [InlineData("""{"input":["a",1]}""", "input[1]", "invalid_value")]
    [InlineData("""{"input":[1,"a"]}""", "input[1]", "invalid_value")]
    [InlineData("""{"input":["a",null]}""", "input[1]", "invalid_value")]
    [InlineData("""{"input":[-1]}""", "input[0]", "invalid_value")]
    [InlineData("""{"input":[[1,2],[3,-4]]}""", "input[1][1]", "invalid_value")]
    [InlineData("""{"input":[1.5]}""", "input[0]", "invalid_value")]
    [InlineData("""{"input":[99999999999999999999]}""", "input[0]", "invalid_value")]
    [InlineData("""{"input":[[1],[123456]]}""", "input[1]", "invalid_value")]
    [InlineData("""{"input":[NaN]}""", null, "invalid_json")]
    [InlineData("""{"input":"a"} trailing""", null, "invalid_json")]
    [InlineData("""["a"]""", null, "invalid_json")]
    [InlineData("", null, "invalid_json")]
    [InlineData("""{"input":"a","dimensions":0}""", "dimensions", "invalid_value")]
    [InlineData("""{"input":"a","dimensions":-5}""", "dimensions", "invalid_value")]
    [InlineData("""{"input":"a","dimensions":513}""", "dimensions", "invalid_value")]
    [InlineData("""{"input":"a","dimensions":1.5}""", "dimensions", "invalid_value")]
    [InlineData("""{"input":"a","dimensions":"256"}""", "dimensions", "invalid_value")]
    [InlineData("""{"input":"a","encoding_format":"base32"}""", "encoding_format", "invalid_value")]
    [InlineData("""{"input":"a","encoding_format":64}""", "encoding_format", "invalid_value")]
    [InlineData("""{"input":"a","model":17}""", "model", "invalid_value")]
    [InlineData("""{"input":"a","prompt_name":"query"}""", "prompt_name", "invalid_value")]
    [InlineData("""{"input":"half a pair \ud83d"}""", "input", "invalid_value")]
    [InlineData("""{"input":["fine","half a pair \ude00"]}""", "input[1]", "invalid_value")]
    public async Task Embeddings_BadBody_Is400NamingTheParameter(string body, string? param, string code)
    {
        using var response = await Host.PostAsync("/v1/embeddings", Encoding.UTF8.GetBytes(body));
        await AssertErrorAsync(response, HttpStatusCode.BadRequest, param, code);
    }

    [Fact]
    public async Task Embeddings_InvalidUtf8_Is400NamingTheText()
    {
        byte[] body = [.. "{\"input\":[\"fine\",\"broken \xff\xfe\"]}".Select(c => (byte)c)];
        using var response = await Host.PostAsync("/v1/embeddings", body);
        await AssertErrorAsync(response, HttpStatusCode.BadRequest, "input[1]", "invalid_value");
    }

    [Fact]
    public async Task Embeddings_UnknownModel_Is404NamingTheNearest()
    {
        using var response = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = "a", ["model"] = "use-light" });
        var error = await AssertErrorAsync(response, HttpStatusCode.NotFound, "model", "model_not_found");
        Assert.Contains("'use-lite'", (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embeddings_TenMegabytesOfText_AreCutAndEmbedded()
    {
        var text = new string('x', 5_000_000) + string.Join(' ', Enumerable.Repeat("words", 1_000_000));
        using var response = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = text });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("x-morgan-truncated").Single());
    }

    [Fact]
    public async Task Embeddings_ThreeMegabytesOfTexts_AreNotTooLarge()
    {
        // Others refuse 2 MB.
        var texts = new JsonArray([.. Enumerable.Range(0, 40).Select(i => JsonValue.Create($"{i} {new string('y', 80_000)}"))]);
        using var response = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = texts });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(InputList.MaxCount, HttpStatusCode.OK)]
    [InlineData(InputList.MaxCount + 1, HttpStatusCode.BadRequest)]
    public async Task Embeddings_AtTheMostTexts_AreServedAndPastThemRefused(int count, HttpStatusCode status)
    {
        var texts = new JsonArray([.. Enumerable.Range(0, count).Select(i => JsonValue.Create($"text {i % 10}"))]);
        using var response = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = texts });
        if (status == HttpStatusCode.OK)
        {
            var answer = await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(Cancellation), cancellationToken: Cancellation);
            Assert.Equal(count, answer!["data"]!.AsArray().Count);
            return;
        }

        await AssertErrorAsync(response, status, "input", "invalid_value");
    }

    [Fact]
    public async Task Embeddings_BodyAtTheLimit_IsServed()
    {
        var body = new byte[RequestBody.MaxBytes];
        body.AsSpan().Fill((byte)' ');
        """{"input":"a"}"""u8.CopyTo(body);
        using var response = await Host.PostAsync("/v1/embeddings", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Embeddings_BodyPastTheLimit_Is413(bool asksFirst)
    {
        (string, string)[] headers = asksFirst ? [("Expect", "100-continue")] : [];
        using var response = await Host.PostAsync("/v1/embeddings", new byte[RequestBody.MaxBytes + 1], headers);
        await AssertErrorAsync(response, HttpStatusCode.RequestEntityTooLarge, null, "request_too_large");
    }

    [Fact]
    public async Task Embeddings_JsonAtItsDepth_IsReadAndPastItRefused()
    {
        using var served = await Host.PostAsync("/v1/embeddings", Encoding.UTF8.GetBytes(Nested(64)));
        using var refused = await Host.PostAsync("/v1/embeddings", Encoding.UTF8.GetBytes(Nested(65)));

        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await AssertErrorAsync(refused, HttpStatusCode.BadRequest, null, "invalid_json");

        static string Nested(int depth) => $$"""{"input":"a","unknown":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""";
    }

    [Fact]
    public async Task Embeddings_EmptyText_HasAVector()
    {
        var vectors = await Host.VectorsAsync("", "   ");
        Assert.All(vectors, vector => Assert.Equal(512, vector.Length));
    }

    [Theory]
    [InlineData("/embed", """{"inputs":[]}""", "inputs")]
    [InlineData("/embed", """{"inputs":["a","half \ud83d"]}""", "inputs[1]")]
    [InlineData("/embed", """{"inputs":[[1,-2]]}""", "inputs")]
    [InlineData("/embed", """{"inputs":"a","dimensions":0}""", "dimensions")]
    [InlineData("/embed", """{"inputs":"a","dimensions":4096}""", "dimensions")]
    [InlineData("/embed", """{"inputs":NaN}""", "JSON")]
    [InlineData("/similarity", """{"inputs":{"source_sentence":"a","sentences":[]}}""", "sentences")]
    [InlineData("/similarity", """{"inputs":{"sentences":["a"]}}""", "source_sentence")]
    [InlineData("/tokenize", """{"inputs":[]}""", "inputs")]
    [InlineData("/tokenize", """{"inputs":"half \ud83d"}""", "inputs")]
    [InlineData("/api/embed", """{"model":"use-lite","input":[]}""", "input")]
    [InlineData("/api/embed", """{"model":"use-lite","input":["half \ud83d"]}""", "input[0]")]
    [InlineData("/api/embed", """{"model":"use-lite","input":"a","dimensions":-1}""", "dimensions")]
    [InlineData("/api/embed", """{"model":"nothing","input":"a"}""", "nothing")]
    [InlineData("/api/embeddings", """{"model":"use-lite"}""", "prompt")]
    [InlineData("/api/embeddings", "{", "JSON")]
    public async Task OtherPaths_BadBody_AreA4xxThatNamesWhatIsWrong(string path, string body, string named)
    {
        using var response = await Host.PostAsync(path, Encoding.UTF8.GetBytes(body));
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{response.StatusCode}: {text}");
        Assert.Contains(named, text, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string? param, string code)
    {
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal(code, (string?)error["code"]);
        Assert.Equal(param, (string?)error["param"]);
        return error;
    }
}
