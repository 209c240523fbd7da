using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Morgan.Client;

namespace Morgan.Tests.Client;

public sealed class SettingsTests
{
    [Fact]
    public void Read_OfSectionNamedSectionAndConnectionString_TakesTheLater()
    {
        var settings = Read(
            "Morgan:Client:Endpoint=http://one", "Morgan:Client:Key=k1", "Morgan:Client:ChatModel=m1", "Morgan:Client:EmbeddingModel=e1",
            "Morgan:Client:NetworkTimeout=00:00:07",
            "Morgan:Client:morgan:Endpoint=http://two", "Morgan:Client:morgan:Key=k2", "Morgan:Client:morgan:ChatModel=m2",
            "Morgan:Client:other:Endpoint=http://never",
            "ConnectionStrings:morgan=Endpoint=http://three/v1;Key=k3");

        Assert.Equal(new Uri("http://three/v1"), settings.Endpoint);
        Assert.Equal(("k3", "m2", "e1"), (settings.Key, settings.ChatModel, settings.EmbeddingModel));
        Assert.Equal(TimeSpan.FromSeconds(7), settings.NetworkTimeout);
    }

    [Fact]
    public void Read_OfAConnectionString_TakesAllItsParts()
    {
        var settings = Read("ConnectionStrings:morgan=endpoint=https+http://llm/v1;KEY=\"a;b=c\";Model=llama3.2:latest;EmbeddingModel=minilm");

        Assert.Equal("https+http://llm/v1", settings.RequireEndpoint("morgan").OriginalString);
        Assert.Equal(("a;b=c", "llama3.2:latest", "minilm"), (settings.Key, settings.ChatModel, settings.EmbeddingModel));
    }

    [Theory]
    [InlineData("http://localhost:5080", "http://localhost:5080/v1")]
    [InlineData("http://localhost:5080/", "http://localhost:5080/v1")]
    [InlineData("http://localhost:5080/v1", "http://localhost:5080/v1")]
    [InlineData("https+http://llm", "https+http://llm/v1")]
    [InlineData("https://example.com/llm/v1", "https://example.com/llm/v1")]
    public void Endpoint_WithAndWithoutPath_EndsInV1(string given, string expected) =>
        Assert.Equal(expected, new MorganClientSettings { Endpoint = new Uri(given) }.RequireEndpoint("morgan").AbsoluteUri);

    [Theory]
    [InlineData("http://localhost:5080/v1", "http://localhost:5080/health")]
    [InlineData("https://example.com/llm/v1/", "https://example.com/llm/health")]
    [InlineData("https+http://llm/v1", "https+http://llm/health")]
    public void Health_OfAnEndpoint_IsBesideTheApi(string endpoint, string expected) =>
        Assert.Equal(expected, GatewayHealthCheck.UrlOf(new Uri(endpoint)).AbsoluteUri);

    [Fact]
    public void Client_WithATimeoutThatIsNone_NamesIt()
    {
        using var client = RunningClient.Create(
            builder => builder.AddMorganClient("morgan"), "ConnectionStrings:morgan=Endpoint=http://localhost;Model=m", "Morgan:Client:NetworkTimeout=-00:00:01");

        Assert.Contains("Morgan:Client:NetworkTimeout", Assert.Throws<InvalidOperationException>(() => client.Chat).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Client_WithoutAnAddress_NamesBothPlacesInOneLine()
    {
        using var client = RunningClient.Create(builder => builder.AddMorganClient("morgan", settings => settings.ChatModel = "m"));

        foreach (var ask in (Action[])[() => _ = client.Chat, () => _ = client.Embeddings])
        {
            var message = Assert.Throws<InvalidOperationException>(ask).Message;
            Assert.Contains("ConnectionStrings:morgan", message, StringComparison.Ordinal);
            Assert.Contains("Morgan:Client:Endpoint", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void Client_WithoutAModel_EmbedsButNamesBothPlacesWhenAskedToChat()
    {
        using var client = RunningClient.Create(builder => builder.AddMorganClient("morgan"), "ConnectionStrings:morgan=Endpoint=http://localhost:5080");

        var message = Assert.Throws<InvalidOperationException>(() => client.Chat).Message;

        Assert.Contains("ConnectionStrings:morgan", message, StringComparison.Ordinal);
        Assert.Contains("Morgan:Client:ChatModel", message, StringComparison.Ordinal);
        Assert.NotNull(client.Embeddings);
    }

    [Theory]
    [InlineData("Endpoint=localhost:5080/v1;Key=s3cret")]
    [InlineData("Endpoint=ftp://localhost/v1;Key=s3cret")]
    [InlineData("Endpoint=not an address;Key=s3cret")]
    [InlineData("s3cret")]
    public void ConnectionString_ThatIsNone_IsNamedWithoutItsKey(string text)
    {
        var problem = Assert.Throws<InvalidOperationException>(() => Read($"ConnectionStrings:morgan={text}").RequireEndpoint("morgan"));

        Assert.Contains("ConnectionStrings:morgan", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Configure_OfSettings_ComesLast()
    {
        using var client = RunningClient.Create(
            builder => builder.AddMorganClient("morgan", settings => settings.Endpoint = null), "ConnectionStrings:morgan=Endpoint=http://localhost;Model=m");

        Assert.Throws<InvalidOperationException>(() => client.Chat);
    }

    [Fact]
    public void ToString_OfSettings_HasNoKey() =>
        Assert.DoesNotContain("s3cret", new MorganClientSettings { Key = "s3cret" }.ToString(), StringComparison.Ordinal);

    private static MorganClientSettings Read(params string[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]))).Build();
        return MorganClientSettings.Read(configuration, "morgan");
    }
}
